import { fp64, tolerance } from "@slam/float";
import { analyzeCholesky } from "@slam/ichol";
import { Random } from "@slam/sim";
import { expectClose, identityMatrix } from "@slam/testing";
import { ArenaPool } from "@slam/wasm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type ChordalForm, chordalForm, evaluate } from "../../src/certify/chordal-form.ts";
import { formMatrix, formStructure } from "../../src/certify/form-matrix.ts";
import { writeFrames } from "../../src/certify/frames.ts";
import { liftPoses, posesOf, roundToPoses, widenPoint } from "../../src/certify/lift.ts";
import { positionSolver } from "../../src/certify/position-solver.ts";
import { projectTangent, retractLifted, subtractMultiplied } from "../../src/certify/stiefel.ts";
import { TangentSystem } from "../../src/certify/tangent-system.ts";
import { dot } from "../../src/certify/truncated-newton.ts";
import { minimizeLifted } from "../../src/certify/trust-region.ts";
import { costOf } from "../../src/costs.ts";
import { loopyGraph } from "../loopy-graph.ts";
import { multipliersAt, randomPoint } from "./lifted-points.ts";

const case_ = fc.record({ graph: loopyGraph, more: fc.nat(2), seed: fc.nat(1e6) });

function toolsOf(form: ChordalForm, r: number) {
  const M = formMatrix(form, formStructure(form, false));
  const symbolic = analyzeCholesky(M.pattern);
  const arenas = new ArenaPool();
  return { system: new TangentSystem(M, symbolic, r, arenas), placePositions: positionSolver(form, symbolic, arenas) };
}

/** A tangent vector at X that leaves the first pose. */
function randomTangent(form: ChordalForm, r: number, X: Float64Array, random: Random): Float64Array {
  const V = X.map(() => random.gaussian());
  V.fill(0, 0, (form.d + 1) * r);
  projectTangent(form.d, r, X, V);
  return V;
}

/** P M X at X moved by h V. */
function projectedGradient(form: ChordalForm, r: number, X: Float64Array, V: Float64Array, h: number): Float64Array {
  const moved = new Float64Array(X.length);
  const G = new Float64Array(X.length);
  retractLifted(
    form.d,
    r,
    X,
    V.map((v) => h * v),
    moved,
  );
  evaluate(form, moved, r, G);
  projectTangent(form.d, r, moved, G);
  return G;
}

test("gradient and Hessian are difference quotients of F / 2 along the retraction", () => {
  fc.assert(
    fc.property(case_, ({ graph, more, seed }) => {
      const form = chordalForm(graph);
      const r = form.d + more;
      const random = new Random(seed);
      const X = randomPoint(form, r, random);
      const V = randomTangent(form, r, X, random);
      const costAt = (h: number): number => {
        const moved = new Float64Array(X.length);
        retractLifted(
          form.d,
          r,
          X,
          V.map((v) => h * v),
          moved,
        );
        return evaluate(form, moved, r, new Float64Array(X.length)).cost;
      };
      const G = new Float64Array(X.length);
      const { cost, apart } = evaluate(form, X, r, G);
      const h = 1e-5 / Math.sqrt(1 + dot(V, V));
      const HV = new Float64Array(X.length);
      evaluate(form, V, r, HV);
      subtractMultiplied(form.d, r, multipliersAt(form, X, r), V, HV);
      projectTangent(form.d, r, X, HV);

      const before = projectedGradient(form, r, X, V, -h);
      const steepness = projectedGradient(form, r, X, V, h).map((g, k) => (g - before[k]) / (2 * h));
      projectTangent(form.d, r, X, steepness);
      expectClose([(costAt(h) - costAt(-h)) / (4 * h)], [dot(G, V)], 1e-6 * (1 + cost));
      expectClose(steepness, HV, 1e-6 * (1 + apart));
    }),
    { numRuns: 50 },
  );
});

test("the tangent system undoes the Hessian: its inverse times H V is V, near an optimum", () => {
  fc.assert(
    fc.property(case_, ({ graph, more, seed }) => {
      const form = chordalForm(graph);
      const r = form.d + Math.min(more, 1);
      const tools = toolsOf(form, r);
      const start = widenPoint(liftPoses(graph), form.d, r);
      const options = { ...tools, gtol: 1e-9, maxIterations: 100, isStopped: () => false };
      const { X } = minimizeLifted(form, r, start, options);
      const Lambda = multipliersAt(form, X, r);
      tools.system.place(X);
      tools.system.factor(Lambda);
      const V = randomTangent(form, r, X, new Random(seed));
      const HV = new Float64Array(V.length);
      evaluate(form, V, r, HV);
      subtractMultiplied(form.d, r, Lambda, V, HV);
      projectTangent(form.d, r, X, HV);
      HV.fill(0, 0, (form.d + 1) * r);
      const W = new Float64Array(V.length);

      tools.system.apply(HV, W);

      // Directions of little curvature are what is left: in energy they count as they are.
      const E = W.map((w, k) => w - V[k]);
      const HE = new Float64Array(V.length);
      evaluate(form, E, r, HE);
      subtractMultiplied(form.d, r, Lambda, E, HE);
      expect(Math.abs(dot(E, HE))).toBeLessThan(1e-6 * (1 + Math.abs(dot(V, HV))));
    }),
    { numRuns: 40 },
  );
});

test("frames are orthonormal and begin with Y", () => {
  fc.assert(
    fc.property(case_, ({ graph, more, seed }) => {
      const form = chordalForm(graph);
      const r = form.d + more;
      const X = randomPoint(form, r, new Random(seed));
      const frames = new Float64Array(form.n * r * r);

      writeFrames(form.d, r, X, frames);

      for (let k = 0; k < form.n; k++) {
        const frame = frames.subarray(k * r * r, (k + 1) * r * r);
        const gram = Float64Array.from({ length: r * r }, (_, at) =>
          dot(frame.subarray(Math.floor(at / r) * r, (Math.floor(at / r) + 1) * r), frame.subarray((at % r) * r, ((at % r) + 1) * r)),
        );
        expectClose(gram, identityMatrix(r), tolerance(fp64, r, 16));
        expect(frame.subarray(0, form.d * r)).toEqual(X.subarray(k * (form.d + 1) * r, k * (form.d + 1) * r + form.d * r));
      }
    }),
  );
});

test("positions are those of least cost for the rotations", () => {
  fc.assert(
    fc.property(case_, ({ graph, more, seed }) => {
      const form = chordalForm(graph);
      const r = form.d + more;
      const X = randomPoint(form, r, new Random(seed));
      const G = new Float64Array(X.length);

      toolsOf(form, r).placePositions(X, r);

      const { apart } = evaluate(form, X, r, G);
      for (let k = 0; k < form.n; k++) {
        const at = (k * (form.d + 1) + form.d) * r;
        for (let a = 0; a < r; a++) expect(Math.abs(G[at + a])).toBeLessThan(1e-11 * (1 + apart));
      }
    }),
  );
});

test("poses come back from any frame that they were turned into, the anchor where it was", () => {
  fc.assert(
    fc.property(case_, ({ graph, more, seed }) => {
      const form = chordalForm(graph);
      const { d, n } = form;
      const r = d + more;
      const random = new Random(seed);
      // X' U for a random U with orthonormal rows.
      const U = new Float64Array((d + 1) * r);
      retractLifted(
        d,
        r,
        U,
        U.map(() => random.gaussian()),
        U,
      );
      const X = liftPoses(graph);
      const turned = new Float64Array((d + 1) * n * r);
      for (let row = 0; row < (d + 1) * n; row++) {
        for (let a = 0; a < r; a++) for (let c = 0; c < d; c++) turned[row * r + a] += X[row * d + c] * U[c * r + a];
      }
      const anchor = n - 1;

      const poses = posesOf(graph, roundToPoses(d, r, turned), anchor);

      const size = d === 2 ? 3 : 7;
      expect(poses.subarray(anchor * size)).toEqual(graph.poses.subarray(anchor * size));
      expectClose([costOf({ ...graph, poses }, "sesync")], [costOf(graph, "sesync")], 1e-11 * (1 + n * n));
    }),
  );
});
