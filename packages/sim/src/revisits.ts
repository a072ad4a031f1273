import { checkChoice, checkInteger, checkLength, checkNumber, OptionError } from "@slam/errors";
import { cos } from "@slam/float";
import { se3 } from "@slam/lie";
import { Random } from "./random.ts";
import { type Deviations, observe, type Pair, type PoseGraphWorld } from "./world.ts";

export interface RevisitOptions {
  /** A pose meets those within so many metres ... Default 2. */
  readonly radius?: number;
  /** ... turned by at most so many radians from it. Default pi / 4. */
  readonly turn?: number;
  /** ... and at least so many poses before. Default 20. */
  readonly gap?: number;
  /** Which of them it is tied to: the nearest, or the first that was there, which makes chains of loops shorter. Default "nearest". */
  readonly tie?: "nearest" | "first";
  /** One pose in so many looks for the place where it was before. Default 1. */
  readonly every?: number;
  /** Of a step of odometry. Default 0.01 m, 0.001 rad. */
  readonly sigma?: Deviations;
  /** Of a loop closure. Default that of a step. */
  readonly loopSigma?: Deviations;
  /** Factor on all standard deviations. Default 1. */
  readonly noise?: number;
  /** An integer in 0 ... 2^32 - 1; the same seed gives the same bits. Default 0. */
  readonly seed?: number;
}

/**
 * The pose graph of a drive: odometry from pose to pose, and a loop closure from an earlier pose wherever the drive comes back to a place.
 *
 * @param truth n x 7 poses [x y z qx qy qz qw], unit quaternions; n >= 2.
 * @throws DimensionError, OptionError for a trajectory or options out of range.
 */
export function revisits(truth: Float64Array, options: RevisitOptions = {}): PoseGraphWorld {
  const { radius = 2, turn = Math.PI / 4, gap = 20, every = 1, noise = 1, seed = 0, tie = "nearest" } = options;
  const { sigma = { translation: 0.01, rotation: 0.001 }, loopSigma = sigma } = options;
  const poses = Math.floor(truth.length / se3.size);
  checkLength("revisits: truth", truth.length, se3.size * poses);
  if (poses < 2) throw new OptionError("revisits: truth", { expected: "at least 2 poses", actual: poses });
  checkNumber("revisits: radius", radius, 0);
  checkNumber("revisits: turn", turn, 0);
  checkInteger("revisits: gap", gap, 2);
  checkInteger("revisits: every", every, 1);
  checkChoice("revisits: tie", tie, ["nearest", "first"]);
  checkNumber("revisits: noise", noise, 0);
  checkInteger("revisits: seed", seed, 0, 2 ** 32 - 1);
  for (const [name, { translation, rotation }] of Object.entries({ sigma, loopSigma })) {
    if (!(translation > 0 && rotation > 0)) {
      throw new OptionError(`revisits: ${name}`, { expected: "positive deviations", actual: `${translation} m, ${rotation} rad` });
    }
  }
  const candidates: Pair[] = [];
  for (let to = gap; to < poses; to += every) {
    const from = metBefore(truth, to, to - gap, { radius, turn, tie });
    if (from >= 0) candidates.push([from, to]);
  }
  return observe({ dimension: 3, truth, candidates, sigma, loopSigma }, { poses, loops: undefined, noise, random: new Random(seed) });
}

/** Of poses 0 ... last that pose `of` meets the one that it is tied to; -1 for none. */
function metBefore(
  poses: Float64Array,
  of: number,
  last: number,
  { radius, turn, tie }: Required<Pick<RevisitOptions, "radius" | "turn" | "tie">>,
): number {
  const at = se3.size * of;
  // |<q, q'>| = cos(angle / 2); none has more than half a turn.
  const least = turn < Math.PI ? cos(turn / 2) : 0;
  let met = -1;
  let best = radius * radius;
  for (let k = 0; k <= last; k++) {
    const other = se3.size * k;
    const [x, y, z] = [poses[other] - poses[at], poses[other + 1] - poses[at + 1], poses[other + 2] - poses[at + 2]];
    const square = x * x + y * y + z * z;
    if (square > best) continue;
    let dot = 0;
    for (let i = 3; i < 7; i++) dot += poses[other + i] * poses[at + i];
    if (Math.abs(dot) < least) continue;
    if (tie === "first") return k;
    best = square;
    met = k;
  }
  return met;
}
