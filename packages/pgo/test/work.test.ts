import { fp64, operationFormat } from "@slam/float";
import { newCounters, presetPolicy } from "@slam/nlls";
import { expect, test } from "vitest";
import { DirectSolver } from "../src/direct-solver.ts";
import type { PoseGraph } from "../src/graph.ts";
import { CgnrSolver } from "../src/normal-solver.ts";
import { PoseGraphProblem } from "../src/problem.ts";

/** Three poses in the plane; the middle one, held, has an edge to either other: J is two blocks of 3 x 3. */
const graph: PoseGraph = {
  dimension: 2,
  ids: Float64Array.of(0, 1, 2),
  poses: Float64Array.of(0, 0, 0, 1, 0.1, 0.2, 2, 0.3, -0.1),
  known: Uint8Array.of(1, 1, 1),
  from: Int32Array.of(0, 1),
  to: Int32Array.of(1, 2),
  measurements: Float64Array.of(1, 0, 0, 1, 0, 0),
  information: Float64Array.of(1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1),
  fixed: Int32Array.of(1),
};

function solved(make: (counters: ReturnType<typeof newCounters>) => CgnrSolver | DirectSolver): {
  readonly counters: ReturnType<typeof newCounters>;
  readonly iterations: number;
} {
  const counters = newCounters();
  const problem = new PoseGraphProblem(graph, [1], { counters });
  const J = problem.jacobian(graph.poses, operationFormat(fp64));
  const solver = make(counters);
  solver.analyze(J);
  solver.factor(J, undefined);
  const { iterations } = solver.solve(Float64Array.of(1, -2, 3, -1, 2, 0.5), new Float64Array(6), 1e-2, false);
  return { counters, iterations };
}

// Of 18 numbers of J, 2 flops each: a product. Of two triangles of 3 x 3, 2 for an entry but 1 on the diagonal, there and back.
const PRODUCT = 2 * 18;
const APPLICATION = 2 * 2 * (3 * 2 + 3);
const FACTOR = 14;
// Of each triangle: 3 divisions, and 2 (i - j) for each entry (i, j) below the diagonal.
const INVERSION = 2 * (3 + 2 * (1 + 1 + 2));

test("a direct solve counts as by hand", () => {
  const { counters, iterations } = solved((counters) => new DirectSolver({ policy: presetPolicy("fp64"), counters }));

  expect(iterations).toBe(1);
  const { flops } = counters.work;
  // J p and J'(J p) of the one step; the factor for its direction and for what it leaves.
  expect(flops.residual).toEqual({ fp64: 2 * PRODUCT });
  expect(flops.precondition).toEqual({ fp64: INVERSION + 2 * APPLICATION });
  // 4 dots and 3 sums of vectors of 6; 6 of each application for scaling.
  expect(flops.vectors).toEqual({ fp64: 6 * (7 * 2 + 2 * 6) });
  // Squares of columns; J'J, 2 products of 3 x 3; two factors of 3 x 3.
  expect(flops.factorize).toEqual({ fp64: PRODUCT + 2 * 2 * 27 + 2 * FACTOR });
  expect(counters.seconds.residual).toBeGreaterThan(0);
  expect(counters.seconds.precondition).toBeGreaterThan(0);
});

test("a solve by conjugate gradients counts as by hand", () => {
  const { counters, iterations } = solved((counters) => new CgnrSolver({ policy: presetPolicy("fp64"), counters }));

  expect(iterations).toBe(1);
  const { flops, bytes } = counters.work;
  expect(flops.matvec).toEqual({ fp64: 2 * PRODUCT });
  // 18 numbers and 2 block columns, twice.
  expect(bytes.matvec).toEqual({ fp64: 2 * (18 * 8 + 2 * 4) });
  // The true residual that verifies the step.
  expect(flops.residual).toEqual({ fp64: 2 * PRODUCT });
  expect(flops.precondition).toEqual({ fp64: INVERSION + 3 * APPLICATION });
  // As above, without the dot of flexible directions; and g - J'J x with a dot to verify.
  expect(flops.vectors).toEqual({ fp64: 6 * 2 * (6 + 2) });
  expect(flops.factorize).toEqual({ fp64: PRODUCT + 2 * 2 * 27 + 2 * FACTOR });
  expect(counters.seconds.matvec).toBeGreaterThan(0);
});
