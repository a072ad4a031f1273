import { areFinite } from "@slam/float";
import { newArrays, type Scratch } from "@slam/linop";
import type { Loss } from "@slam/nlls";
import { type Bundle, cameraCount, POSE_SIZE, pointCount } from "../bundle.ts";
import { Observer, pointOf } from "../observer.ts";
import { POSE_DOF } from "../unknowns.ts";
import { eliminateColumns } from "./orthogonal.ts";
import type { Panel, Prior } from "./prior.ts";

const POINT = 3;
/** Rows that are folded into the prior at a time, if they are of more than one point. */
const PANEL = 64;

/**
 * Marginalises every point of a bundle with all observations of it: what they say of the poses joins the prior. Each point's rows, weighed as its loss has them at
 * the bundle's point, are turned orthogonally until all but three are free of it; no product of J with itself is formed.
 *
 * Poses that the prior touches are linearised at their first estimates, at which r is then r(x) - J d; the others here, from now on. An observation whose camera does
 * not see the point, or that is not finite, says nothing.
 *
 * @param bundle observations of a point follow one another.
 * @param scratch what rows are taken from until they are in the prior. Default new arrays.
 * @returns how many observations said nothing.
 */
export function marginalizePoints(bundle: Bundle, prior: Prior, loss: Loss | undefined, scratch: Scratch = newArrays): number {
  const rows = rowsAt(bundle, prior, loss, scratch);
  prior.add(panelsOf(rows, pointCount(bundle), scratch));
  return rows.silent;
}

/** What one point's observations say of poses alone: by columns, of each of `cameras` in turn, then the residual; from row `from` on. */
interface Reduced {
  readonly A: Float64Array;
  readonly rows: number;
  readonly from: number;
  readonly cameras: readonly number[];
}

interface Rows {
  readonly silent: number;
  /** One more than the last pose that sees the point; 0 where none does. */
  reachOf(p: number): number;
  withoutPoint(p: number): Reduced;
}

/** Evaluates all observations: residuals at the bundle's point, derivatives at the first estimates. */
function rowsAt(bundle: Bundle, prior: Prior, loss: Loss | undefined, scratch: Scratch): Rows {
  const observer = new Observer(bundle, undefined, scratch);
  const height = observer.rows;
  const m = bundle.camera.length;
  const x = pointOf(bundle, scratch);
  const residuals = scratch.numbers(m * height);
  const byPose = scratch.numbers(m * height * POSE_DOF);
  const byPoint = scratch.numbers(m * height * POINT);
  const speaks = scratch.integers(m);
  observer.moveTo(x);
  for (let i = 0; i < m; i++) {
    const seen = observer.observe(i, false);
    speaks[i] = seen && areFinite(observer.residual) ? 1 : 0;
    if (speaks[i] !== 0) residuals.set(observer.residual, i * height);
  }
  for (let i = 0; i < m; i++) if (speaks[i] !== 0) prior.touch(bundle.camera[i], x, POSE_SIZE * bundle.camera[i]);
  const d = prior.displacement(x);
  for (let c = 0; c < cameraCount(bundle); c++) {
    if (prior.touches(c)) x.set(prior.firstEstimates.subarray(POSE_SIZE * c, POSE_SIZE * (c + 1)), POSE_SIZE * c);
  }
  observer.moveTo(x);
  for (let i = 0; i < m; i++) {
    if (speaks[i] === 0) continue;
    observer.observe(i, true);
    if (!areFinite(observer.byPose) || !areFinite(observer.byPoint)) {
      speaks[i] = 0;
      continue;
    }
    byPose.set(observer.byPose, i * height * POSE_DOF);
    byPoint.set(observer.byPoint, i * height * POINT);
    weigh(i);
  }

  /** The rows of observation i <- those that its loss leaves, their residual at the point of linearisation. */
  function weigh(i: number): void {
    const [first, end] = [i * height, (i + 1) * height];
    let square = 0;
    for (let a = first; a < end; a++) square += residuals[a] * residuals[a];
    const root = loss === undefined ? 1 : Math.sqrt(loss.weight(square));
    const from = POSE_DOF * bundle.camera[i];
    for (let a = first; a < end; a++) {
      let sum = residuals[a];
      for (let j = 0; j < POSE_DOF; j++) sum -= byPose[a * POSE_DOF + j] * d[from + j];
      residuals[a] = root * sum;
    }
    for (let k = first * POSE_DOF; k < end * POSE_DOF; k++) byPose[k] *= root;
    for (let k = i * height * POINT; k < (i + 1) * height * POINT; k++) byPoint[k] *= root;
  }

  const starts = startsOf(bundle, scratch);
  const observationsOf = (p: number): number[] => {
    const all: number[] = [];
    for (let i = starts[p]; i < starts[p + 1]; i++) if (speaks[i] !== 0) all.push(i);
    return all;
  };

  return {
    silent: speaks.reduce((sum, s) => sum + 1 - s, 0),
    reachOf: (p) => observationsOf(p).reduce((most, i) => Math.max(most, bundle.camera[i] + 1), 0),
    withoutPoint(p) {
      const observations = observationsOf(p);
      const rows = observations.length * height;
      const columns = POINT + POSE_DOF * observations.length + 1;
      const A = scratch.numbers(rows * columns);
      for (const [k, i] of observations.entries()) {
        for (let a = 0; a < height; a++) {
          const row = k * height + a;
          for (let j = 0; j < POINT; j++) A[j * rows + row] = byPoint[(i * height + a) * POINT + j];
          for (let j = 0; j < POSE_DOF; j++) A[(POINT + k * POSE_DOF + j) * rows + row] = byPose[(i * height + a) * POSE_DOF + j];
          A[(columns - 1) * rows + row] = residuals[i * height + a];
        }
      }
      const rank = eliminateColumns(A, rows, columns, POINT, scratch.numbers(columns));
      return { A: A.subarray(POINT * rows), rows, from: rank, cameras: observations.map((i) => bundle.camera[i]) };
    },
  };
}

/** The rows of all points, those of tracks that end early first; many in a panel. */
function* panelsOf(rows: Rows, points: number, scratch: Scratch): Generator<Panel> {
  const order = Array.from({ length: points }, (_, p) => p);
  const reach = order.map((p) => rows.reachOf(p));
  order.sort((a, b) => reach[a] - reach[b] || a - b);
  let waiting: Reduced[] = [];
  let height = 0;
  let width = 0;
  for (const p of order) {
    if (reach[p] === 0) continue;
    const reduced = rows.withoutPoint(p);
    const more = reduced.rows - reduced.from;
    if (height > 0 && (POSE_DOF * reach[p] !== width || height + more > PANEL)) {
      yield panelOf(waiting, height, width, scratch);
      waiting = [];
      height = 0;
    }
    waiting.push(reduced);
    height += more;
    width = POSE_DOF * reach[p];
  }
  if (height > 0) yield panelOf(waiting, height, width, scratch);
}

/** Blocks of rows below each other, each pose's columns in their place. */
function panelOf(blocks: readonly Reduced[], height: number, width: number, scratch: Scratch): Panel {
  const panel = scratch.numbers(height * (width + 1));
  let top = 0;
  for (const { A, rows, from, cameras } of blocks) {
    const copy = (column: number, into: number): void => {
      for (let i = from; i < rows; i++) panel[into * height + top + i - from] = A[column * rows + i];
    };
    for (const [k, c] of cameras.entries()) for (let j = 0; j < POSE_DOF; j++) copy(k * POSE_DOF + j, c * POSE_DOF + j);
    copy(cameras.length * POSE_DOF, width);
    top += rows - from;
  }
  return { A: panel, rows: height, width };
}

/** Where the observations of each point begin; one number more than there are points. */
function startsOf({ point, points }: Bundle, scratch: Scratch): Int32Array {
  const starts = scratch.integers(points.length / POINT + 1);
  for (const p of point) starts[p + 1]++;
  for (let p = 1; p < starts.length; p++) starts[p] += starts[p - 1];
  return starts;
}
