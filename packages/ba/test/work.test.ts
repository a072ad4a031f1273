import { fp64 } from "@slam/float";
import { newCounters, presetPolicy } from "@slam/nlls";
import { type BsrPattern, bsrMatrix } from "@slam/sparse";
import { expect, test } from "vitest";
import { BundleJacobian } from "../src/jacobian.ts";
import { SchurSolver } from "../src/schur-solver.ts";
import { DenseSchur } from "../src/window/dense-schur.ts";

/** Two measurements of 2 numbers, of one point; the second one by a pose, the first by one that is held. */
const ofPose: BsrPattern = { blockRows: 2, blockCols: 1, r: 2, c: 6, rowPtr: Int32Array.of(0, 0, 1), colIdx: Int32Array.of(0) };
const ofPoint: BsrPattern = { blockRows: 2, blockCols: 1, r: 2, c: 3, rowPtr: Int32Array.of(0, 1, 2), colIdx: Int32Array.of(0, 0) };
const values = (count: number): Float64Array => Float64Array.from({ length: count }, (_, k) => ((7 * k) % 11) - 5);
const J = new BundleJacobian([bsrMatrix(ofPose, fp64, values(12)), bsrMatrix(ofPoint, fp64, values(12))]);
const damping = new Float64Array(9).fill(1);
const g = Float64Array.from({ length: 9 }, (_, k) => k - 4);

test("products with J are counted and timed: 2 flops for each of its 24 numbers, all of which are read", () => {
  const counters = newCounters();
  const counted = J.countedIn(counters);

  counted.multiply(g, new Float64Array(4));
  counted.gradient(new Float64Array(4), fp64, new Float64Array(9));
  counted.columnSquares();

  expect(counters.work.flops).toEqual({ residual: { fp64: 2 * 48 }, factorize: { fp64: 48 } });
  // 3 block columns besides.
  expect(counters.work.bytes).toEqual({ residual: { fp64: 2 * (24 * 8 + 12) }, factorize: { fp64: 24 * 8 + 12 } });
  expect(counters.seconds.residual).toBeGreaterThan(0);
});

test("a Jacobian that nothing counts multiplies alike", () => {
  const [plain, counted] = [new Float64Array(4), new Float64Array(4)];

  J.multiply(g, plain);
  J.countedIn(newCounters()).multiply(g, counted);

  expect(counted).toEqual(plain);
  expect(J.countedIn(undefined)).toBe(J);
});

test("a window's direct solve counts as by hand", () => {
  const counters = newCounters();
  const solver = new DenseSchur({ counters });

  solver.analyze(J);
  solver.factor(J, damping);
  const ofFactor = structuredClone(counters.work.flops);
  solver.solve(g, new Float64Array(9));
  solver.norm(g);

  // The triangle of U from 2 rows; the triangle of V from 2 x 2 rows, and its root; W from 2 rows, and 6 rows of it through L'; all of Y Y'; and the root of S.
  const [U, V, Y, YY, S] = [21 * 4, 6 * 8 + 14, 18 * 4 + 6 * 9, 36 * 6, 1 + 4 + 9 + 16 + 25 + 36];
  expect(ofFactor).toEqual({ factorize: { fp64: U + V + Y + YY + S } });
  // A solve with L of V, one with L of S, and a block of 6 x 3 between them: there and back, and there again.
  expect(counters.work.flops.precondition).toEqual({ fp64: 3 * (9 + 36 + 36) });
  expect(counters.work.bytes).toEqual({ factorize: { fp64: 8 * 24 + 8 * 21 }, precondition: { fp64: 3 * 8 * (6 + 18 + 21) } });
  expect(counters.seconds.precondition).toBeGreaterThan(0);
});

test("rows that are the same in every J are counted once", () => {
  const counters = newCounters();
  const solver = new DenseSchur({ constantFrom: 1, counters });
  const flops = (): number => counters.work.flops.factorize?.fp64 ?? 0;

  solver.analyze(J);
  solver.factor(J, damping);
  const first = flops();
  solver.factor(J, damping);

  expect(2 * first - flops()).toBe(21 * 4);
});

const INVERSION = 6 + (6 * 35) / 3;

test("a direct solve of the reduced system counts as by hand", () => {
  const counters = newCounters();
  const solver = new SchurSolver({ policy: presetPolicy("fp64"), counters });
  const counted = J.countedIn(counters);
  const flops = (operation: "residual" | "precondition" | "vectors"): number => counters.work.flops[operation]?.fp64 ?? 0;

  solver.analyze(counted);
  solver.factor(counted, damping);
  const before = [flops("residual"), flops("precondition"), flops("vectors")];
  const { iterations } = solver.solve(g, new Float64Array(9), 1e-2, false);

  // The factor's block on the diagonal is inverted when it is made: 6 divisions, and 2 (i - j) for each entry (i, j) below.
  expect([before, iterations]).toEqual([[0, INVERSION, 0], 1]);
  // Jp and Jc' before, Jc and Jp' after, 24 flops each; S x for the first residual, S p and the residual of the step.
  expect(flops("residual")).toBe(4 * 24 + 3 * 72);
  // V^-1 before and after; the factor of S, twice its 21 entries without the diagonal's second product, for the size, and before and after the step.
  expect(flops("precondition")).toBe(INVERSION + 2 * 24 + 3 * (4 * 21 - 2 * 6));
  expect(flops("vectors")).toBe(6 * (5 + 13 + 3 * 6));
});
