import { checkInteger } from "@slam/errors";
import { se2, se3 } from "@slam/lie";
import type { Random } from "./random.ts";
import { checkOptions, observe, type Pair, type PoseGraphWorld, type WorldOptions } from "./world.ts";

export interface GridOptions extends WorldOptions {
  /** 2: a square of poses; 3: a cube. Default 3. */
  readonly dimension?: 2 | 3;
}

/**
 * A square or a cube of poses 1 m apart, visited row by row without lifting the pen, every pose turned at random and seeing its neighbours:
 * smallGrid3D in character.
 *
 * Defaults: 1000 poses, every loop closure, standard deviations 0.1 m and 0.1 rad.
 *
 * @throws OptionError for options out of range.
 */
export function grid(options: GridOptions = {}): PoseGraphWorld {
  const { dimension = 3 } = options;
  checkInteger("grid: dimension", dimension, 2, 3);
  const given = checkOptions("grid", options, 1000);
  const cells = serpentine(given.poses, dimension);
  const size = dimension === 2 ? se2.size : se3.size;
  const truth = new Float64Array(size * given.poses);
  cells.forEach((cell, i) => {
    truth.set(cell, size * i);
    writeRandomRotation(dimension, given.random, truth, size * i + dimension);
  });
  return observe({ dimension, truth, candidates: neighbours(cells), sigma: { translation: 0.1, rotation: 0.1 } }, given);
}

/** The first n cells of a walk through the smallest square or cube that has so many; one coordinate changes by 1 in each step. */
function serpentine(n: number, dimension: 2 | 3): number[][] {
  let side = 1;
  while (side * side * (dimension === 3 ? side : 1) < n) side++;
  const turn = (k: number, row: number): number => (row % 2 === 0 ? k : side - 1 - k);
  return Array.from({ length: n }, (_, i) => {
    const row = Math.floor(i / side);
    const layer = Math.floor(row / side);
    const cell = [turn(i % side, row), turn(row % side, layer), layer];
    return cell.slice(0, dimension);
  });
}

/** Pairs of cells side by side that the walk does not join. */
function neighbours(cells: readonly number[][]): Pair[] {
  const indexOf = new Map(cells.map((cell, i) => [cell.join(), i]));
  return cells.flatMap((cell, i) =>
    cell.flatMap((_, axis) =>
      [-1, 1].flatMap((step): Pair[] => {
        const other = indexOf.get(cell.map((c, a) => (a === axis ? c + step : c)).join());
        return other !== undefined && other < i - 1 ? [[other, i]] : [];
      }),
    ),
  );
}

/** Uniform: an angle, or four normal numbers over their norm. */
function writeRandomRotation(dimension: 2 | 3, random: Random, out: Float64Array, o: number): void {
  if (dimension === 2) {
    out[o] = Math.PI * (2 * random.uniform() - 1);
    return;
  }
  const q = Float64Array.from({ length: 4 }, () => random.gaussian());
  const norm = Math.sqrt(q.reduce((sum, x) => sum + x * x, 0));
  out.set(
    q.map((x) => (q[3] < 0 ? -x : x) / norm),
    o,
  );
}
