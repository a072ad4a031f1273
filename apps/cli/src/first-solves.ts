// Small problems of every kind that the program solves. What their solves ask for is what the first solve of a large one does: modules hang on formats and sizes of blocks, not on how many there are.
import { type Bundle, type BundleOptions, start as startBundle } from "@slam/ba";
import { rgbd } from "@slam/camera";
import { robotCamera } from "@slam/experiments";
import { type Camera, type Linear, Odometry } from "@slam/odometry";
import { SIXTEEN_BIT, start } from "@slam/pgo";
import { apartment, type Drive, manhattan, simulateDrive, sphere } from "@slam/sim";
import { type PolicyJson, policyOf } from "./policy.ts";
import { SCENES } from "./scenes.ts";
import { graphOf } from "./worlds.ts";

interface Run {
  readonly done: boolean;
  step(): void;
}

/** As presets have them; "fp32" of all that is small is "mixed". */
const PRESETS: readonly PolicyJson[] = ["fp64", "mixed"].map((preset) => ({ preset, name: preset }));

/** With J in 16 bits, as `mixed` has it where a bundle is large. */
const OF_BUNDLES: readonly PolicyJson[] = [...PRESETS, { preset: "mixed", matvec: "fp16" }];
/** With the factor, too, as it has it where a graph is; where that is very large, with both. */
const OF_GRAPHS: readonly PolicyJson[] = [
  ...OF_BUNDLES,
  { preset: "mixed", precondition: "fp16" },
  { preset: "mixed", precondition: "fp16", matvec: "fp16" },
];

/** Pose graphs, in the plane and in space. */
export function solveGraphs(): void {
  for (const world of [manhattan, sphere]) {
    const graph = graphOf(world({ poses: 40, seed: 1 }));
    for (const policy of OF_GRAPHS) run(start(graph, { policy: policyOf(policy, SIXTEEN_BIT) }));
  }
}

/** Bundles as files have them, by each linear solver: cameras with lenses of their own, poses and lenses apart as where some are held, poses alone; landmarks by inverse depth; a stereo pair's. */
export function adjustBundles(): void {
  const small = { poses: 8, points: 40, sigma: 0.5, outliers: 0, seed: 1 };
  const [mono, stereo] = ["orbit", "apartment"].map((scene) => SCENES[scene]!.make(small));
  const problems: readonly (readonly [Bundle, BundleOptions])[] = [
    [mono!, {}],
    [mono!, { held: { cameras: [0] } }],
    [mono!, { held: { intrinsics: true } }],
    [mono!, { landmarks: "inverse-depth" }],
    [stereo!, { held: { intrinsics: true } }],
  ];
  for (const [bundle, options] of problems) {
    for (const linear of ["cgnr", "schur-cg", "schur-direct"] as const) {
      for (const policy of OF_BUNDLES) run(startBundle(bundle, { ...options, linear, policy: policyOf(policy, []), maxIterations: 5 }));
    }
  }
}

/** How many landmarks a frame shows; few of them beside the rows of a window's prior: products have a loop of their own for one block a row and for two. */
const [MANY, FEW] = [30, 6];

/** Windows by solver and size. Of CGNR each size up to 6 has its own number of poses in a row of the prior. */
const WINDOWS: readonly (readonly [features: number, linear: Linear, window: number])[] = [
  [MANY, "schur-dense", 4],
  [MANY, "schur-cg", 4],
  [FEW, "schur-cg", 8],
  [MANY, "cgnr", 3],
  [MANY, "cgnr", 4],
  [MANY, "cgnr", 6],
  [FEW, "cgnr", 8],
];

/** A camera that measures depth, on a small robot. */
const DEPTH_CAMERA: typeof robotCamera = {
  model: rgbd,
  intrinsics: [380, 380, 320, 240],
  limits: [
    [0, 640],
    [0, 480],
    [0.4, 8],
  ],
  sigma: [1, 1, 0.02],
  range: [0.4, 8],
};

/** Odometry of a stereo pair by each of a window's solvers, and of a camera with depth. */
export function followCameras(): void {
  const world = apartment({ length: 4, rate: 2, landmarks: 2000, seed: 1 });
  const drives = new Map(
    [MANY, FEW].map((features) => [features, simulateDrive(world, robotCamera, { features, trackLength: 6, seed: 1 })]),
  );
  for (const [features, linear, window] of WINDOWS) {
    for (const policy of OF_BUNDLES) follow(drives.get(features)!, robotCamera, policy, { linear, window });
  }
  const drive = simulateDrive(world, DEPTH_CAMERA, { features: MANY, trackLength: 6, seed: 1 });
  for (const policy of PRESETS) follow(drive, DEPTH_CAMERA, policy, { linear: "schur-dense", window: 4 });
}

/** Key frames that come when the window is full. */
const FULL = 3;

function follow(
  { frames, times }: Drive,
  { model, intrinsics }: Camera,
  policy: PolicyJson,
  settings: { readonly linear: Linear; readonly window: number },
): void {
  const odometry = new Odometry({ camera: { model, intrinsics }, policy: policyOf(policy, []), ...settings });
  for (const [k, frame] of frames.slice(0, settings.window + FULL).entries()) odometry.addFrame({ ...frame, time: times[k]! });
  odometry.finish();
}

function run(solve: Run): void {
  while (!solve.done) solve.step();
}
