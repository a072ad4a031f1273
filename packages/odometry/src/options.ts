import { type BundleLoss, SIXTEEN_BIT as OF_BUNDLES } from "@slam/ba";
import { checkChoice, checkInteger, checkNumber, OptionError } from "@slam/errors";
import type { Operation } from "@slam/linop";
import { type Policy, presetPolicy } from "@slam/nlls";
import { SIXTEEN_BIT as OF_GRAPHS } from "@slam/pgo";
import type { OdometryEvent } from "./events.ts";
import type { Camera } from "./front-end.ts";
import type { PlaceRecognizer } from "./places/place.ts";

const LINEAR = ["schur-dense", "schur-cg", "cgnr"] as const;
export type Linear = (typeof LINEAR)[number];

/** What policy "mixed" may store in 16 bits where it is large: J in the window's products, the factor that preconditions the graph. */
export const SIXTEEN_BIT: readonly Operation[] = [...OF_BUNDLES, ...OF_GRAPHS];

export interface OdometryOptions {
  readonly camera: Camera;
  /** Key frames a second: of frames that come faster some are left out. Default every frame is one. */
  readonly rate?: number;
  /** Key frames in the window. Default 10. */
  readonly window?: number;
  /** Of the window's linear solver, as `SlidingWindow` has it. Default "cgnr", the method as published, which runs in the policy's formats; "schur-dense" is in fp64 whatever the policy. */
  readonly linear?: Linear;
  /** On each observation, of its norm in standard deviations. Default Cauchy's with C = 2: under Huber's a few false tracks in a hundred bend the path. */
  readonly loss?: Required<BundleLoss>;
  /** A window's solve ends where a step lowers the cost by this much of itself. Default 1e-4, as key frames come; what a comparison of policies is to show takes less. */
  readonly ftol?: number;
  /** Of a window's solve. Default 10. */
  readonly maxIterations?: number;
  /**
   * Milliseconds for each window's solve, from when it begins, as `SlidingWindow.solve` has it: where they are over it goes on with the best so far. Results then hang on the clock. Default none.
   */
  readonly timeBudget?: number;
  /** In which formats the window is solved, and at the end the graph. Default "mixed". */
  readonly policy?: Policy;
  /** What finds loops. Default none: no loop is closed. */
  readonly places?: PlaceRecognizer;
  /** Landmarks that have to agree on a loop's motion. Default 12. */
  readonly leastInliers?: number;
  /** Loops that have to agree with each other before the first is believed. Default 2. */
  readonly leastLoops?: number;
  /** Key frames from one that closed a loop to the next that may. Default 5: neighbours see the same, and say it once more. */
  readonly spacing?: number;
  /** Of the chi-square tests of loops, the share of true ones that is to pass. Default 0.9999. */
  readonly quantile?: number;
  /** Where the first key frame is, [x y z qx qy qz qw] worldFromCamera. Default the identity. */
  readonly start?: ArrayLike<number>;
  /** Of the samples that loops are measured by. The same seed gives the same bits. Default 0. */
  readonly seed?: number;
  /** Hears what happens, when it does. */
  readonly onEvent?: (event: OdometryEvent) => void;
}

export type Settings = Required<Omit<OdometryOptions, "places" | "onEvent" | "camera" | "start">> &
  Pick<OdometryOptions, "places" | "onEvent">;

/** @throws OptionError for options out of range. */
export function settingsOf({ camera: _, start: __, ...options }: OdometryOptions): Settings {
  const settings = {
    rate: Number.POSITIVE_INFINITY,
    window: 10,
    linear: "cgnr" as const,
    loss: { loss: "cauchy" as const, C: 2 },
    ftol: 1e-4,
    maxIterations: 10,
    timeBudget: Number.POSITIVE_INFINITY,
    policy: presetPolicy("mixed", SIXTEEN_BIT),
    leastInliers: 12,
    leastLoops: 2,
    spacing: 5,
    quantile: 0.9999,
    seed: 0,
    ...options,
  };
  if (!(settings.rate > 0)) throw new OptionError("rate", { expected: "key frames a second, a number > 0", actual: settings.rate });
  checkInteger("window", settings.window, 2);
  checkChoice("linear", settings.linear, LINEAR);
  checkNumber("ftol", settings.ftol, 0);
  checkInteger("maxIterations", settings.maxIterations, 0);
  if (!(settings.timeBudget >= 0)) throw new OptionError("timeBudget", { expected: "milliseconds >= 0", actual: settings.timeBudget });
  checkInteger("leastInliers", settings.leastInliers, 3);
  checkInteger("leastLoops", settings.leastLoops, 1);
  checkInteger("spacing", settings.spacing, 0);
  checkNumber("quantile", settings.quantile, Number.MIN_VALUE, 1 - 2 ** -53);
  checkInteger("seed", settings.seed, 0, 2 ** 32 - 1);
  return settings;
}

/** The policy as bundle adjustment takes it. */
export function windowPolicy(policy: Policy): Policy {
  return only(policy, OF_BUNDLES);
}

/** The policy as pose graphs take it. */
export function graphPolicy(policy: Policy): Policy {
  return only(policy, OF_GRAPHS);
}

/** What it stores in 16 bits by size, of these operations alone. */
function only(policy: Policy, operations: readonly Operation[]): Policy {
  return policy.bySize === undefined ? policy : { ...policy, bySize: policy.bySize.filter((operation) => operations.includes(operation)) };
}
