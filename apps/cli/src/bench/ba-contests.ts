import { type BundleRun, SIXTEEN_BIT, start } from "@slam/ba";
import { SCENES } from "../scenes.ts";
import { entrantsByPolicy, type SolveContest } from "./solve-bench.ts";

interface BundleCase {
  readonly scene: string;
  readonly poses: number;
  readonly points: number;
  /** Stereo pairs are rectified with their intrinsics: these are held. */
  readonly held: { readonly intrinsics: boolean };
}

const BUNDLES: readonly BundleCase[] = [
  { scene: "apartment", poses: 40, points: 2000, held: { intrinsics: true } },
  { scene: "orbit", poses: 30, points: 3000, held: { intrinsics: false } },
];

/** Generated bundles by each linear solver, in each policy. */
export function* baContests(): Generator<SolveContest<BundleRun>> {
  for (const { scene, poses, points, held } of BUNDLES) {
    const bundle = SCENES[scene]!.make({ poses, points, sigma: 0.5, outliers: 0, seed: 1 });
    const size = { cameras: bundle.intrinsicsOf.length, points: bundle.points.length / 3, observations: bundle.camera.length };
    for (const linear of ["cgnr", "schur-cg", "schur-direct"] as const) {
      const entrants = entrantsByPolicy(SIXTEEN_BIT, (shared) => start(bundle, { ...shared, linear, held }));
      yield { problem: scene, size, linear, entrants, costOf: ({ finalCost }) => finalCost };
    }
  }
}
