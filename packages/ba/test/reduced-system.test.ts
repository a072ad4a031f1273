import { type Bundle, BundleProblem, type Held, type Priors, pointOf, SchurSolver } from "@slam/ba";
import { type CameraModel, pinhole, rgbd, snavely } from "@slam/camera";
import { bf16, fp32, fp64, operationFormat } from "@slam/float";
import { newCounters, presetPolicy } from "@slam/nlls";
import { bsrMatrix, normalSymbolic, packBsr, packedBytes, scaleColumns } from "@slam/sparse";
import { expectClose, inverse, product } from "@slam/testing";
import { Arena, ArenaPool } from "@slam/wasm";
import { describe, expect, test } from "vitest";
import { eliminateReference } from "../src/eliminate.reference.ts";
import { eliminatorBytes, newEliminator } from "../src/eliminator.ts";
import { reducedStructure } from "../src/reduced-structure.ts";
import { ReducedSystem } from "../src/reduced-system.ts";
import { orbit } from "./orbit.ts";

const wide = operationFormat(fp64);

interface Case {
  readonly name: string;
  readonly model: CameraModel;
  readonly lens: readonly number[];
  readonly isShared?: boolean;
  readonly held?: Held;
  readonly priors?: Priors;
}

const CASES: readonly Case[] = [
  { name: "a lens for each camera", model: snavely, lens: [800, -0.1, 0.02] },
  { name: "one lens, blocks of two widths", model: pinhole, lens: [700, 710, 320, 240], isShared: true },
  { name: "three rows, poses alone", model: rgbd, lens: [525, 525, 320, 240], isShared: true, held: { intrinsics: true } },
  { name: "cameras and points held", model: pinhole, lens: [700, 710, 320, 240], isShared: true, held: { cameras: [1], points: [0, 3] } },
  {
    name: "priors on poses and a point",
    model: snavely,
    lens: [800, -0.1, 0.02],
    priors: {
      poses: [1, 2].map((camera) => ({
        camera,
        pose: [0, 0, 0, 0, 0, 0, 1],
        information: [9, 1, 0, 0, 0, 0, 8, 0, 0, 0, 0, 7, 0, 0, 0, 6, 0, 2, 5, 0, 4],
      })),
      points: [{ point: 3, position: [0, 0, 0], information: [3, 1, 0, 2, 0, 1] }],
    },
  },
];

/** Every other point is not seen by camera 2; camera 0 measures point 1 twice. */
function bundleOf({ model, lens, isShared = false }: Case): Bundle {
  const { bundle } = orbit({ model, lens, isShared, cameras: 4, points: 7 });
  const kept = [...bundle.camera.keys()].filter((i) => bundle.camera[i] !== 2 || bundle.point[i] % 2 === 0);
  const twice = kept.find((i) => bundle.camera[i] === 0 && bundle.point[i] === 1)!;
  const all = [...kept, twice];
  const rows = model.measurement.length;
  return {
    ...bundle,
    camera: Int32Array.from(all, (i) => bundle.camera[i]),
    point: Int32Array.from(all, (i) => bundle.point[i]),
    measurements: Float64Array.from(
      { length: rows * all.length },
      (_, k) => bundle.measurements[rows * all[Math.floor(k / rows)] + (k % rows)],
    ),
  };
}

function problemOf(of: Case): { readonly problem: BundleProblem; readonly x: Float64Array; readonly d: Float64Array } {
  const bundle = bundleOf(of);
  const problem = new BundleProblem(bundle, of.held, undefined, undefined, of.priors);
  const x = pointOf(bundle);
  const d = problem
    .jacobian(x, wide)
    .columnSquares()
    .map((square, j) => square * (1e-3 + 1e-4 * (j % 5)));
  return { problem, x, d };
}

/** J'J + D, dense. */
function normal(problem: BundleProblem, x: Float64Array, d: Float64Array): Float64Array {
  const n = problem.cols;
  const J = problem.jacobian(x, wide);
  const H = new Float64Array(n * n);
  const e = new Float64Array(n);
  const row = new Float64Array(problem.rows);
  for (let j = 0; j < n; j++) {
    e.fill(0);
    e[j] = 1;
    J.multiply(e, row);
    J.gradient(row, fp64, e);
    H.set(e, j * n);
    H[j * (n + 1)] += d[j];
  }
  return H;
}

const part = (H: Float64Array, n: number, [i0, i1]: readonly [number, number], [j0, j1]: readonly [number, number]): Float64Array =>
  Float64Array.from({ length: (i1 - i0) * (j1 - j0) }, (_, k) => H[(i0 + Math.floor(k / (j1 - j0))) * n + j0 + (k % (j1 - j0))]);

function reduced(problem: BundleProblem, x: Float64Array, d: Float64Array): Float64Array {
  const n = problem.cols;
  const c = problem.unknowns.starts[problem.patterns.length - 1];
  const H = normal(problem, x, d);
  const [U, W, Wt, V] = [part(H, n, [0, c], [0, c]), part(H, n, [0, c], [c, n]), part(H, n, [c, n], [0, c]), part(H, n, [c, n], [c, n])];
  const WVW = product(product(W, inverse(V, n - c), n - c), Wt, n - c);
  return U.map((u, k) => u - WVW[k]);
}

describe.each(CASES)("$name", (of) => {
  test("the Schur complement is the dense one", () => {
    const { problem, x, d } = problemOf(of);
    const expected = reduced(problem, x, d);
    const c = problem.unknowns.starts[problem.patterns.length - 1];
    const system = new ReducedSystem(problem.patterns, { part: "lower", jacobian: fp64, counters: newCounters(), arenas: new ArenaPool() });

    expect(system.assemble(problem.jacobian(x, wide), d)).toBe(-1);

    const [e, Se] = [new Float64Array(system.size), new Float64Array(system.size)];
    const largest = Math.max(...expected);
    for (let j = 0; j < c; j++) {
      e.fill(0);
      e[system.place[j]] = 1;
      system.multiply(e, Se);
      const column = Float64Array.from({ length: c }, (_, i) => Se[system.place[i]] / largest);

      expectClose(
        column,
        Float64Array.from({ length: c }, (_, i) => expected[i * c + j] / largest),
        1e-12,
      );
    }
  });

  test("its diagonal blocks are the same without the others", () => {
    const { problem, x, d } = problemOf(of);
    const options = { jacobian: fp64, counters: newCounters(), arenas: new ArenaPool() };
    const J = problem.jacobian(x, wide);
    const [all, some] = (["lower", "diagonal"] as const).map((which) => new ReducedSystem(problem.patterns, { ...options, part: which }));
    for (const system of [all, some]) system.assemble(J, d);

    for (const [k, group] of problem.unknowns.groups.slice(0, -1).entries()) {
      const rowPtr = Int32Array.from({ length: group.columns + 1 }, (_, i) => i);
      const pattern = {
        blockRows: group.columns,
        blockCols: group.columns,
        r: group.dof,
        c: group.dof,
        rowPtr,
        colIdx: rowPtr.slice(0, -1),
      };
      const ones = new Float64Array(group.columns * group.dof).fill(1);
      const [a, b] = [all, some].map((system) => {
        const H = bsrMatrix(pattern, fp64);
        system.scaledDiagonalInto(H, k, ones);
        return H.values;
      });

      expect(b).toEqual(a);
      expect(Math.max(...(a as Float64Array))).toBeGreaterThan(0);
    }
  });

  test.each([fp64, fp32])(
    "of J diag(s) beside it, s of powers of two, its diagonal blocks have the bits of diag(s) S diag(s): $name",
    (format) => {
      const { problem, x, d } = problemOf(of);
      const { patterns } = problem;
      const J = problem.jacobian(x, operationFormat<typeof fp64 | typeof fp32>(format));
      const s = Float64Array.from(d, (_, j) => 2 ** ((j % 7) - 3));
      const structure = reducedStructure(patterns, "diagonal");
      const bytes = patterns.reduce((sum, pattern) => sum + packedBytes(pattern, format), eliminatorBytes(structure, "diagonal"));
      const arena = new Arena(bytes);
      const starts = problem.unknowns.starts;
      const beside = J.parts.map((part, k) =>
        packBsr(scaleColumns(part, s.subarray(starts[k], starts[k + 1]), format, { overflows: 0, flushed: 0 }), arena),
      );
      const options = { part: "diagonal", jacobian: format, structure, counters: newCounters(), arenas: new ArenaPool() } as const;
      const [own, besideIt] = [new ReducedSystem(patterns, options), new ReducedSystem(patterns, { ...options, beside })];

      expect(own.assemble(J, d)).toBe(-1);
      expect(
        besideIt.assemble(
          J,
          d.map((v, j) => v * s[j] * s[j]),
        ),
      ).toBe(-1);

      for (const [k, { columns, dof }] of problem.unknowns.groups.slice(0, -1).entries()) {
        const H = [own, besideIt].map((system, which) => {
          const { pattern } = normalSymbolic(patterns[k], "diagonal");
          const into = bsrMatrix(pattern, fp64);
          const ones = new Float64Array(columns * dof).fill(1);
          system.scaledDiagonalInto(into, k, which === 0 ? s.subarray(starts[k], starts[k + 1]) : ones);
          return into.values;
        });
        expect(H[1]).toEqual(H[0]);
      }
    },
  );

  test.each([fp64, fp32])("the kernel has the reference's bits on J in $name", (format) => {
    const { problem, x, d } = problemOf(of);
    const J = problem.jacobian(x, operationFormat<typeof fp64 | typeof fp32>(format));
    for (const which of ["lower", "diagonal"] as const) {
      const system = new ReducedSystem(problem.patterns, {
        part: which,
        jacobian: format,
        counters: newCounters(),
        arenas: new ArenaPool(),
      });
      const { structure } = system;
      const engine = newEliminator(structure, problem.patterns, which, format, new ArenaPool());
      engine.damping.set(d.subarray(system.place.length));
      const parts = J.parts.map(({ values }) => values as Float64Array | Float32Array);
      const [S, factors] = [new Float64Array(engine.S.length), new Float64Array(engine.factors.length)];

      expect(engine.eliminate(J)).toBe(-1);
      expect(eliminateReference(structure, which, { parts, damping: engine.damping, S, factors })).toBe(-1);

      expect(engine.S).toEqual(S);
      expect(engine.factors).toEqual(factors);
    }
  });

  test("the solution is that of the normal equations, and the norm that of their inverse", () => {
    const { problem, x, d } = problemOf(of);
    const n = problem.cols;
    const Hi = inverse(normal(problem, x, d), n);
    const J = problem.jacobian(x, wide);
    const solver = new SchurSolver({ policy: presetPolicy("fp64"), counters: newCounters() });
    const g = Float64Array.from({ length: n }, (_, j) => ((j * 37) % 11) - 5);
    const dx = new Float64Array(n);
    solver.analyze(J);

    expect(solver.factor(J, d)).toBeUndefined();
    expect(solver.solve(g, dx, 1e-10, false).termination).toBe("verified");

    const expected = product(Hi, g, n);
    const size = Math.max(...expected.map(Math.abs));
    expectClose(
      dx.map((v) => v / size),
      expected.map((v) => -v / size),
      1e-8,
    );
    expectClose([solver.norm(g) ** 2 / product(g, expected, n)[0]], [1], 1e-8);
  });
});

describe("elimination", () => {
  const of = CASES[0];

  test("reads J in a format of codes", () => {
    const { problem, x, d } = problemOf(of);
    const J = problem.jacobian(x, operationFormat(bf16, fp32));
    const system = new ReducedSystem(problem.patterns, {
      part: "diagonal",
      jacobian: bf16,
      counters: newCounters(),
      arenas: new ArenaPool(),
    });

    expect(system.assemble(J, d)).toBe(-1);
    expect(Math.min(...system.diagonal())).toBeGreaterThan(0);
  });

  test("says which point it cannot eliminate", () => {
    const { bundle } = orbit({ model: snavely, lens: [800, -0.1, 0.02], cameras: 3, points: 4 });
    // Point 2 is seen by one camera: two rows do not place it.
    const kept = [...bundle.camera.keys()].filter((i) => bundle.point[i] !== 2 || bundle.camera[i] === 0);
    const problem = new BundleProblem({
      ...bundle,
      camera: Int32Array.from(kept, (i) => bundle.camera[i]),
      point: Int32Array.from(kept, (i) => bundle.point[i]),
      measurements: Float64Array.from({ length: 2 * kept.length }, (_, k) => bundle.measurements[2 * kept[k >> 1] + (k & 1)]),
    });
    const J = problem.jacobian(pointOf(bundle), wide);
    for (const format of [fp64, fp32]) {
      const solver = new SchurSolver({ policy: presetPolicy(format === fp64 ? "fp64" : "fp32"), counters: newCounters() });
      solver.analyze(J);
      const failure = solver.factor(J, undefined);

      expect(failure?.termination).toBe("breakdown");
      expect(failure?.message).toMatch(/point 2|pivot/);
    }
  });
});
