import { fp32, fp64 } from "@slam/float";
import { type BsrMatrix, type BsrPattern, bsrMatrix, transposePattern } from "@slam/sparse";
import { expectSameBits } from "@slam/testing";
import { ArenaPool } from "@slam/wasm";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  addPosesReference,
  backwardReference,
  eliminatePointsReference,
  forwardReference,
  pointStructure,
} from "../../src/window/eliminate-points.reference.ts";
import { newPointEliminator, type PointEliminator } from "../../src/window/point-eliminator.ts";
import { seeded } from "./street.ts";

interface Drawn {
  readonly pose: BsrMatrix<typeof fp64>;
  readonly point: BsrMatrix<typeof fp64>;
}

/** Rows with a pose, a point, both or neither, points in any order; last one with all poses. */
function drawn(seed: number, r: number, rows: number, poses: number, points: number): Drawn {
  const random = seeded(seed);
  const pattern = (columns: number, c: number, last: number, share: number): BsrPattern => {
    const rowPtr = new Int32Array(rows + 2);
    const colIdx: number[] = [];
    for (let i = 0; i < rows; i++) {
      if (random() < share) colIdx.push(Math.floor(random() * columns));
      rowPtr[i + 1] = colIdx.length;
    }
    for (let k = 0; k < last; k++) colIdx.push(k);
    rowPtr[rows + 1] = colIdx.length;
    return { blockRows: rows + 1, blockCols: columns, r, c, rowPtr, colIdx: Int32Array.from(colIdx) };
  };
  const matrix = (of: BsrPattern): BsrMatrix<typeof fp64> =>
    bsrMatrix(of, fp64, Float64Array.from({ length: of.colIdx.length * of.r * of.c }, () => Math.fround(2 * random() - 1)) as never);
  return { pose: matrix(pattern(poses, 6, poses, 0.8)), point: matrix(pattern(points, 3, 0, 0.9)) };
}

/** Everything that elimination gives, and what solving with it makes of a right side. */
function byEngine({ pose, point }: Drawn, damping: number, isNarrow: boolean) {
  const format = isNarrow ? fp32 : fp64;
  const [P, Q] = [pose, point].map((of) =>
    isNarrow ? bsrMatrix(of.pattern, fp32, Float32Array.from(of.values as Float64Array) as never) : of,
  ) as [BsrMatrix<typeof fp64>, BsrMatrix<typeof fp64>];
  const points = newPointEliminator(pose.pattern, point.pattern, format, new ArenaPool());
  start(points, damping);
  points.load(P, Q);
  points.addPoses(pose.pattern.blockRows - 1);
  const bad = points.eliminate();
  points.forward();
  points.backward();
  return { bad, ...points };
}

function byReference({ pose, point }: Drawn, damping: number) {
  const structure = pointStructure(pose.pattern, transposePattern(point.pattern));
  const { poses, points: count } = structure;
  const zeros = (n: number): Float64Array => new Float64Array(n);
  const points = { S: zeros(36 * poses * poses), damping: zeros(3 * count), camera: zeros(6 * poses), point: zeros(3 * count) };
  start(points, damping);
  const values = { pose: pose.values as Float64Array, point: point.values as Float64Array };
  const memory = { ...points, ...values, factors: zeros(6 * count), Y: zeros(18 * pose.pattern.blockRows) };
  addPosesReference(structure, memory, 0, pose.pattern.blockRows - 1);
  const bad = eliminatePointsReference(structure, memory, 0, count);
  forwardReference(structure, memory, points.camera, points.point);
  backwardReference(structure, memory, points.camera, points.point);
  return { bad, ...points };
}

function start({ S, damping, camera, point }: Pick<PointEliminator, "S" | "damping" | "camera" | "point">, least: number): void {
  const random = seeded(5);
  for (const x of [S, camera, point]) for (let k = 0; k < x.length; k++) x[k] = random() - 0.5;
  for (let k = 0; k < damping.length; k++) damping[k] = least * (1 + random());
}

test("the kernel eliminates points and solves with the reference's bits, whatever sees what, J in fp64 and in fp32", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 ** 30 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 30 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 6 }),
      fc.boolean(),
      (seed, r, rows, poses, points, isNarrow) => {
        const scene = drawn(seed, r, rows, poses, points);

        const [engine, reference] = [byEngine(scene, 0.1, isNarrow), byReference(scene, 0.1)];

        expect(engine.bad).toBe(-1);
        expect(reference.bad).toBe(-1);
        for (const name of ["S", "camera", "point"] as const) expectSameBits(engine[name], reference[name]);
      },
    ),
  );
});

test("a point without a pivot is named, with the row of its block, by both", () => {
  const scene = drawn(3, 2, 12, 2, 3);
  const { rowPtr, colIdx } = scene.point.pattern;
  const values = scene.point.values as Float64Array;
  // Point 1 is seen along x and y alone.
  for (let i = 0; i < 12; i++) {
    if (rowPtr[i + 1] > rowPtr[i] && colIdx[rowPtr[i]] === 1) values.set([1, 0, 0, 0, 1, 0], 6 * rowPtr[i]);
  }

  expect(byEngine(scene, 0, false).bad).toBe(5);
  expect(byReference(scene, 0).bad).toBe(5);
});
