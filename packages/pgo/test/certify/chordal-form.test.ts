import { fp64, tolerance } from "@slam/float";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chordalForm, evaluate, roundingOf } from "../../src/certify/chordal-form.ts";
import { formMatrix, formStructure } from "../../src/certify/form-matrix.ts";
import { liftPoses } from "../../src/certify/lift.ts";
import { costOf } from "../../src/costs.ts";
import type { PoseGraph } from "../../src/graph.ts";
import { loopyGraph } from "../loopy-graph.ts";
import { denseForm } from "./dense-certificate.ts";

/** One edge from the origin; tau = 3, kappa = 5. */
function oneEdge(poses: readonly number[], measurement: readonly number[]): PoseGraph {
  return {
    dimension: 2,
    ids: Float64Array.of(1, 2),
    poses: Float64Array.from(poses),
    known: Uint8Array.of(1, 1),
    from: Int32Array.of(0),
    to: Int32Array.of(1),
    measurements: Float64Array.from(measurement),
    information: Float64Array.of(3, 0, 0, 3, 0, 5),
    fixed: new Int32Array(0),
  };
}

describe("hand cases", () => {
  test("half a turn off costs 8 kappa, 2 m off 4 tau", () => {
    const graph = oneEdge([0, 0, 0, 1, 2, -Math.PI], [1, 0, 0]);
    const form = chordalForm(graph);

    const { cost, apart } = evaluate(form, liftPoses(graph), 2, new Float64Array(12));

    expectClose([cost], [8 * 5 + 4 * 3], tolerance(fp64, 4));
    // |kappa (Yj - Yi)|^2 at both ends; (tau 2)^2 at both positions and, times 1 m, at the first pose's first column.
    expectClose([apart], [Math.sqrt(2 * 25 * 8 + 3 * 36)], tolerance(fp64, 4));
  });

  test("an edge that agrees costs no more than rounding may be worth", () => {
    const graph = oneEdge([10, 20, 1, 10 + Math.cos(1), 20 + Math.sin(1), 1.5], [1, 0, 0.5]);
    const form = chordalForm(graph);
    const X = liftPoses(graph);

    const { cost } = evaluate(form, X, 2, new Float64Array(12));

    expect(cost).toBeLessThanOrEqual(roundingOf(form, X, 2));
    expect(roundingOf(form, X, 2)).toBeLessThan(1e-25);
  });
});

test("at poses F is SE-Sync's cost, and X'(M X)", () => {
  fc.assert(
    fc.property(loopyGraph, (graph) => {
      const form = chordalForm(graph);
      const X = liftPoses(graph);
      const MX = new Float64Array(X.length);

      const { cost } = evaluate(form, X, form.d, MX);

      const u = tolerance(fp64, 10 * X.length);
      expectClose([cost], [costOf(graph, "sesync")], u);
      expectClose([MX.reduce((sum, g, k) => sum + g * X[k], 0)], [cost], u * 100);
    }),
  );
});

test("its matrix in blocks is the one that it multiplies by; anchored, a congruence of it", () => {
  fc.assert(
    fc.property(loopyGraph, (graph) => {
      const form = chordalForm(graph);
      const b = form.d + 1;
      const rows = b * form.n;
      const dense = denseForm(form);
      const c = Float64Array.from({ length: form.n * form.d }, (_, k) => (k < form.d ? 0 : Math.sin(k)));

      const plain = denseOf(formMatrix(form, formStructure(form, false)), rows);
      const anchored = denseOf(formMatrix(form, formStructure(form, true), c), rows);

      // p_k = q_k + Y_0 c_k
      const T = new Float64Array(rows * rows);
      for (let k = 0; k < rows; k++) {
        T[k * rows + k] = 1;
        if (k % b === form.d) for (let l = 0; l < form.d; l++) T[k * rows + l] = c[Math.floor(k / b) * form.d + l];
      }
      const expected = Float64Array.from({ length: rows * rows }, (_, at) => {
        const [i, j] = [Math.floor(at / rows), at % rows];
        let sum = 0;
        for (let k = 0; k < rows; k++) for (let m = 0; m < rows; m++) sum += T[k * rows + i] * dense[k * rows + m] * T[m * rows + j];
        return sum;
      });
      expectClose(plain, dense, tolerance(fp64, rows));
      expectClose(anchored, expected, tolerance(fp64, rows * rows));
    }),
    { numRuns: 30 },
  );
});

function denseOf({ pattern, values }: ReturnType<typeof formMatrix>, rows: number): Float64Array {
  const { rowPtr, colIdx, r: b } = pattern;
  const dense = new Float64Array(rows * rows);
  for (let i = 0; i < pattern.blockRows; i++) {
    for (let e = rowPtr[i]; e < rowPtr[i + 1]; e++) {
      for (let k = 0; k < b * b; k++) {
        const [row, column] = [i * b + Math.floor(k / b), colIdx[e] * b + (k % b)];
        dense[row * rows + column] = values[e * b * b + k];
        dense[column * rows + row] = values[e * b * b + k];
      }
    }
  }
  return dense;
}
