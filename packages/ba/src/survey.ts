import { type Bundle, cameraCount, lensCount, pointCount } from "./bundle.ts";
import { costOf } from "./bundle-cost.ts";

/** What a bundle holds, and what of it may trouble a solver. */
export interface BundleSurvey {
  readonly cameras: number;
  /** Sets of intrinsics. */
  readonly lenses: number;
  readonly points: number;
  readonly observations: number;
  /** How often points are measured. */
  readonly trackLengths: Spread;
  readonly observationsPerCamera: Spread;
  /** Points measured once: no triangle, where one measurement does not have the depth. */
  readonly seenOnce: number;
  /** Points that nothing measures. */
  readonly unmeasured: number;
  /** Cameras that measure nothing. */
  readonly idleCameras: number;
  /** Sets of cameras and points that no observation connects with each other, those with no observation not counted. */
  readonly parts: number;
  /** 1/2 sum r^2. */
  readonly cost: number;
  /** Observations of points that their cameras do not see: behind them, or outside the lens. */
  readonly unseen: number;
}

/** Of a number of counts; zeros where there are none. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly mean: number;
  readonly largest: number;
}

export function surveyBundle(bundle: Bundle): BundleSurvey {
  const [cameras, points, observations] = [cameraCount(bundle), pointCount(bundle), bundle.camera.length];
  const perCamera = countEach(bundle.camera, cameras);
  const perPoint = countEach(bundle.point, points);
  return {
    cameras,
    lenses: lensCount(bundle),
    points,
    observations,
    trackLengths: spreadOf(perPoint, observations),
    observationsPerCamera: spreadOf(perCamera, observations),
    seenOnce: perPoint.reduce((sum, count) => sum + (count === 1 ? 1 : 0), 0),
    unmeasured: perPoint.reduce((sum, count) => sum + (count === 0 ? 1 : 0), 0),
    idleCameras: perCamera.reduce((sum, count) => sum + (count === 0 ? 1 : 0), 0),
    parts: countParts(bundle, perCamera),
    ...costOf(bundle),
  };
}

function countEach(indices: Int32Array, count: number): Int32Array {
  const counts = new Int32Array(count);
  for (const k of indices) counts[k]++;
  return counts;
}

function spreadOf(counts: Int32Array, total: number): Spread {
  const sorted = counts.slice().sort();
  const n = sorted.length;
  if (n === 0) return { least: 0, median: 0, mean: 0, largest: 0 };
  return { least: sorted[0], median: (sorted[(n - 1) >> 1] + sorted[n >> 1]) / 2, mean: total / n, largest: sorted[n - 1] };
}

/** By joining the cameras of each point: every part has a camera. */
function countParts({ camera, point, points }: Bundle, perCamera: Int32Array): number {
  const parent = Int32Array.from(perCamera, (_, c) => c);
  const rootOf = (c: number): number => {
    let root = c;
    while (parent[root] !== root) {
      parent[root] = parent[parent[root]];
      root = parent[root];
    }
    return root;
  };
  const firstOf = new Int32Array(points.length / 3).fill(-1);
  for (let i = 0; i < camera.length; i++) {
    if (firstOf[point[i]] < 0) firstOf[point[i]] = camera[i];
    else parent[rootOf(camera[i])] = rootOf(firstOf[point[i]]);
  }
  return parent.reduce((sum, root, c) => sum + (root === c && perCamera[c] > 0 ? 1 : 0), 0);
}
