import { type AnyPrecision, fp16, fp32, fp64, type OperationFormat, operationFormat, type Storage } from "@slam/float";
import { newCounters } from "@slam/nlls";
import { expectClose, expectSameBits } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PoseGraph } from "../../src/graph.ts";
import { PoseGraphProblem } from "../../src/problem.ts";
import { driftedSphere, similarityGraph, smallGraph } from "./similarity-graph.ts";

function linearized(graph: PoseGraph, format: OperationFormat) {
  const counters = newCounters();
  const problem = new PoseGraphProblem(graph, [1], { counters });
  const r = new Float64Array(problem.rows);
  problem.residual(graph.poses, format, r);
  return { r, values: problem.jacobian(graph.poses, format).matrix.values as Storage, ...counters.events };
}

/** The same format as another object, which only the reference takes. */
function onReference(P: AnyPrecision): OperationFormat {
  const other = { ...P };
  return { name: P.name, storage: other, arithmetic: other };
}

describe.each([fp64, fp32])("in $name", (P: AnyPrecision) => {
  test("plain loops give the reference's bits", () => {
    fc.assert(
      fc.property(smallGraph, (graph) => {
        const plain = linearized(graph, operationFormat(P, P));
        const reference = linearized(graph, onReference(P));
        expectSameBits(plain.r, reference.r);
        expectSameBits(plain.values, reference.values);
      }),
      { numRuns: 30 },
    );
  });

  test("and count the same overflows", () => {
    // A translation that the format just holds, and not when it is weighted.
    const graph = similarityGraph(driftedSphere());
    const far = {
      ...graph,
      poses: graph.poses.slice(),
      from: Int32Array.of(0),
      to: Int32Array.of(1),
      measurements: Float64Array.of(0.9 * P.maxFinite, 0, 0, 0, 0, 0, 1, 1),
    };
    far.poses.set([0, 0, 0, 0, 0, 0, 1, 1, 0.9 * P.maxFinite, 0, 0, 0, 0, 0, 1, 1]);
    far.information = Float64Array.from({ length: 28 }, (_, k) => ([0, 7, 13].includes(k) ? 3.9 : [18, 22, 25, 27].includes(k) ? 1 : 0));

    const { overflows } = linearized(far, operationFormat(P, P));

    expect(overflows).toBe(linearized(far, onReference(P)).overflows);
    expect(overflows).toBeGreaterThan(0);
  });
});

test("the Jacobian of a whole graph is the difference quotient of its residual", () => {
  fc.assert(
    fc.property(smallGraph, (graph) => {
      const problem = new PoseGraphProblem(graph, [0]);
      const format = operationFormat(fp64);
      const J = problem.jacobian(graph.poses, format);
      const h = 2 ** -17;
      for (let k = 0; k < problem.cols; k++) {
        const at = (step: number): Float64Array => {
          const dx = new Float64Array(problem.cols);
          dx[k] = step;
          const r = new Float64Array(problem.rows);
          problem.residual(problem.retract(graph.poses, dx, format), format, r);
          return r;
        };
        const unit = new Float64Array(problem.cols);
        unit[k] = 1;
        const column = new Float64Array(problem.rows);
        J.multiply(unit, column);
        const behind = at(-h);

        expectClose(
          at(h).map((x, row) => (x - behind[row]) / (2 * h)),
          column,
          1e-8,
        );
      }
    }),
    { numRuns: 20 },
  );
});

test("in fp16 residuals and Jacobians are numbers of fp16", () => {
  const graph = similarityGraph(driftedSphere());

  const { r, values } = linearized(graph, operationFormat(fp16, fp16));

  expect(r.every((x) => fp16.round(x) === x)).toBe(true);
  expect(values).toBeInstanceOf(fp16.Storage);
});
