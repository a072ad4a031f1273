import { cgnr, cgnrWorkspace } from "@slam/cgnr";
import { fp16, fp32, fp64, operationFormat, type Storage, tolerance, unpack } from "@slam/float";
import type { Preconditioner } from "@slam/linop";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  dense,
  diagonal,
  formats,
  inverse,
  newSpace,
  norm,
  product,
  transpose,
  trueResidual,
  vector,
  wellPosed,
  withSingularValues,
} from "./systems.ts";

const space = newSpace(operationFormat(fp64));

// The line a + b t through (1, 1), (2, 2), (3, 2): A'A = [3 6; 6 14], A'b = [5; 11], x = [2/3; 1/2].
const line = [
  [1, 1],
  [1, 2],
  [1, 3],
];
const heights = Float64Array.of(1, 2, 2);

describe("the line through three points", () => {
  const A = dense(space, line);

  test("is found in two steps", () => {
    const x = space.zeros(2);

    const report = cgnr(A, { b: heights }, x, { rtol: tolerance(fp64, 100) });

    expectClose(x, [2 / 3, 1 / 2], tolerance(fp64, 100));
    expect(report).toMatchObject({ termination: "tolerance-met", iterations: 2 });
    expect(report.relativeResidual).toBeLessThanOrEqual(tolerance(fp64, 100));
    expect(report.message).toMatch(/^cgnr: tolerance-met after 2 iterations, \|s\| = .* \|A'b\|$/);
  });

  test("is the same, bit for bit, where only A'b is known", () => {
    const [x, y] = [space.zeros(2), space.zeros(2)];

    cgnr(A, { b: heights }, x);
    cgnr(A, { g: Float64Array.of(5, 11) }, y);

    expect(y).toEqual(x);
  });

  test("is the same where the operator applies A'A + diag(d) at once, without the two products", () => {
    const damping = Float64Array.of(1, 2);
    const refuse = (): never => {
      throw new Error("a product of its own");
    };
    const applyNormal = (v: Float64Array, d: Float64Array | undefined, w: Float64Array): number => {
      const q = space.zeros(3);
      A.multiply(v, q);
      A.multiplyTransposed(q, w);
      let square = space.dot(q, q);
      for (let j = 0; j < 2; j++) {
        w[j] += d![j] * v[j];
        square += d![j] * v[j] * v[j];
      }
      return square;
    };
    const [x, y] = [space.zeros(2), space.zeros(2)];
    const g = Float64Array.of(5, 11);

    cgnr(A, { g }, x, { damping, rtol: tolerance(fp64, 100) });
    const report = cgnr({ ...A, multiply: refuse, multiplyTransposed: refuse, applyNormal }, { g }, y, {
      damping,
      rtol: tolerance(fp64, 100),
    });

    expect(report.termination).toBe("tolerance-met");
    expectClose(y, x, tolerance(fp64, 100));
  });

  test("takes one step with the exact inverse of A'A", () => {
    const x = space.zeros(2);
    const Z = [
      [14 / 6, -1],
      [-1, 1 / 2],
    ];

    const report = cgnr(A, { b: heights }, x, { preconditioner: inverse(space, Z), rtol: tolerance(fp64, 100) });

    expectClose(x, [2 / 3, 1 / 2], tolerance(fp64, 100));
    expect(report.iterations).toBe(1);
  });

  test("takes no step from the solution", () => {
    const x = Float64Array.of(2 / 3, 1 / 2);

    const report = cgnr(A, { b: heights }, x);

    expect(x).toEqual(Float64Array.of(2 / 3, 1 / 2));
    expect(report).toMatchObject({ termination: "tolerance-met", iterations: 0 });
  });

  test("takes fewer steps from nearby, to the same tolerance", () => {
    const x = Float64Array.of(0.66, 0.5);

    const report = cgnr(A, { b: heights }, x, { rtol: 1e-2 });

    expect(report.iterations).toBe(0);
    expect(norm(trueResidual(line, heights, x))).toBeLessThanOrEqual(1e-2 * norm([5, 11]));
  });

  test("tells each iteration", () => {
    const told: (readonly [number, number])[] = [];

    const report = cgnr(A, { b: heights }, space.zeros(2), { rtol: 1e-10, onIteration: (...args) => told.push(args) });

    expect(told.map(([iteration]) => iteration)).toEqual([1, 2]);
    expect(told[1][1]).toBe(report.relativeResidual);
    expect(told[1][1]).toBeLessThan(told[0][1]);
  });
});

describe("ends", () => {
  test("at zero for a zero right side, whatever the guess", () => {
    const x = Float64Array.of(3, 4);

    const report = cgnr(dense(space, line), { b: new Float64Array(3) }, x);

    expect(x).toEqual(new Float64Array(2));
    expect(report).toMatchObject({ termination: "tolerance-met", iterations: 0, relativeResidual: 0 });
  });

  test("at zero where the right side is -0 in fp16", () => {
    const half = newSpace(operationFormat(fp16));
    const x = vector(half, [3]);

    const report = cgnr(dense(half, [[1]]), { g: vector(half, [-0]) }, x);

    expect(unpack(fp16, x)).toEqual(Float64Array.of(0));
    expect(report).toMatchObject({ termination: "tolerance-met", relativeResidual: 0 });
  });

  test("with an empty system", () => {
    const nothing = { rows: 3, cols: 0, space, storage: "none", multiply: () => {}, multiplyTransposed: () => {} };

    expect(cgnr(nothing, { b: heights }, space.zeros(0))).toMatchObject({ termination: "tolerance-met", iterations: 0 });
  });

  test("after as many iterations as allowed", () => {
    const A = withSingularValues([1, 2, 3, 4, 5, 6]);

    const report = cgnr(dense(space, A), { b: new Float64Array(6).fill(1) }, space.zeros(6), { rtol: 1e-6, maxIterations: 3 });

    expect(report).toMatchObject({ termination: "max-iterations", iterations: 3 });
    expect(report.relativeResidual).toBeGreaterThan(1e-6);
  });

  test("below atol where that is more than rtol asks", () => {
    const A = dense(space, withSingularValues([1, 2, 3, 4, 5, 6]));
    const b = new Float64Array(6).fill(1);

    const strict = cgnr(A, { b }, space.zeros(6), { rtol: 1e-8 });
    const loose = cgnr(A, { b }, space.zeros(6), { rtol: 1e-8, atol: 0.5 });

    expect(loose.termination).toBe("tolerance-met");
    expect(loose.iterations).toBeLessThan(strict.iterations);
  });

  test("in breakdown where the preconditioner is not positive definite, at once or on the way", () => {
    const b = Float64Array.of(2, 1);
    const A = dense(space, diagonal([1, 2]));
    const x = space.zeros(2);

    const atOnce = cgnr(A, { b }, x, { preconditioner: inverse(space, diagonal([-1, -1])) });
    expect(atOnce).toMatchObject({ termination: "breakdown", message: "cgnr: breakdown after 0 iterations, s'M^-1 s = -8", iterations: 0 });
    expect(x).toEqual(new Float64Array(2));

    const onTheWay = cgnr(A, { b }, x, { preconditioner: inverse(space, diagonal([1, -0.5])), rtol: 0 });
    expect(onTheWay.termination).toBe("breakdown");
    expect(x.every(Number.isFinite)).toBe(true);
  });

  test("in breakdown where A'A is singular along the right side", () => {
    const report = cgnr(dense(space, diagonal([1, 0])), { g: Float64Array.of(0, 1) }, space.zeros(2));

    expect(report).toMatchObject({ termination: "breakdown", message: "cgnr: breakdown after 0 iterations, p'(A'A + D) p = 0" });
  });

  test("in breakdown, not at the tolerance, where the arithmetic flushes the norm of the right side", () => {
    const half = newSpace(operationFormat(fp16, fp16));
    const x = half.zeros(1);

    const report = cgnr(dense(half, [[1]]), { g: vector(half, [2 ** -13]) }, x);

    expect(report).toMatchObject({ termination: "breakdown", iterations: 0 });
  });

  test("non-finite where the right side is, and leaves the guess", () => {
    const x = Float64Array.of(1, 2);

    const report = cgnr(dense(space, line), { b: Float64Array.of(1, NaN, 1) }, x);

    expect(report).toMatchObject({ termination: "non-finite", iterations: 0 });
    expect(x).toEqual(Float64Array.of(1, 2));
  });

  test("non-finite where the solution is beyond fp16, at the last iterate within", () => {
    const half = newSpace(operationFormat(fp16));
    const x = vector(half, [1, 0]);

    const report = cgnr(dense(half, diagonal([2 ** -6, 2 ** -6])), { g: vector(half, [64, 0]) }, x);

    expect(report).toMatchObject({ termination: "non-finite", iterations: 0 });
    expect(unpack(fp16, x)).toEqual(Float64Array.of(1, 0));
    expect(half.events.overflows).toBe(1);
  });

  test("non-finite where A'A p is beyond fp16, at the last iterate with a residual", () => {
    const half = newSpace(operationFormat(fp16));
    const x = half.zeros(2);

    const report = cgnr(dense(half, diagonal([300, 1])), { g: vector(half, [1, 0]) }, x, { rtol: 1e-3 });

    expect(report).toMatchObject({ termination: "non-finite", iterations: 0, relativeResidual: 1 });
    expect(unpack(fp16, x)).toEqual(new Float64Array(2));
  });

  test("non-finite where the norm of the right side is beyond the arithmetic, even from a good guess", () => {
    const half = newSpace(operationFormat(fp16, fp16));
    const x = vector(half, [299]);

    const report = cgnr(dense(half, [[1]]), { g: vector(half, [300]) }, x);

    expect(report.termination).toBe("non-finite");
    expect(unpack(fp16, x)).toEqual(Float64Array.of(299));
  });
});

describe("refuses, before it writes,", () => {
  const A = dense(space, line);
  const good = { b: heights, x: Float64Array.of(7, 7) };
  const other = newSpace(operationFormat(fp32));
  const exact = { A, g: new Float64Array(2) };

  test.each<[string, () => unknown]>([
    ["cgnr: b has length 2, expected 3", () => cgnr(A, { b: new Float64Array(2) }, good.x)],
    ["cgnr: g has length 3, expected 2", () => cgnr(A, { g: heights }, good.x)],
    ["cgnr: x has length 3, expected 2", () => cgnr(A, good, new Float64Array(3))],
    ["cgnr: damping has length 1, expected 2", () => cgnr(A, good, good.x, { damping: new Float64Array(1) })],
    ["cgnr: preconditioner has length 3, expected 2", () => cgnr(A, good, good.x, { preconditioner: inverse(space, diagonal([1, 1, 1])) })],
    [
      `cgnr: preconditioner.space is "fp32", expected the operator's, fp64`,
      () => cgnr(A, good, good.x, { preconditioner: inverse(other, diagonal([1, 1])) as unknown as Preconditioner<typeof fp64> }),
    ],
    [
      "cgnr: exact.A rows has length 2, expected 3",
      () => cgnr(A, good, good.x, { exact: { ...exact, A: dense(space, diagonal([1, 1])) } }),
    ],
    ["cgnr: exact.A cols has length 1, expected 2", () => cgnr(A, good, good.x, { exact: { ...exact, A: dense(space, [[1], [1], [1]]) } })],
    ["cgnr: exact.g has length 3, expected 2", () => cgnr(A, good, good.x, { exact: { ...exact, g: heights } })],
    ["cgnr: exact.damping has length 3, expected 2", () => cgnr(A, good, good.x, { exact: { ...exact, damping: heights } })],
    ["cgnr: rtol is -1, expected a finite number >= 0", () => cgnr(A, good, good.x, { rtol: -1 })],
    ["cgnr: rtol is NaN, expected a finite number >= 0", () => cgnr(A, good, good.x, { rtol: NaN })],
    ["cgnr: atol is Infinity, expected a finite number >= 0", () => cgnr(A, good, good.x, { atol: Infinity })],
    ["cgnr: maxIterations is 1.5, expected an integer >= 0", () => cgnr(A, good, good.x, { maxIterations: 1.5 })],
    [
      "cgnr: workspace.w has length 3, expected 2",
      () => cgnr(A, good, good.x, { workspace: { ...cgnrWorkspace(A), w: new Float64Array(3) } }),
    ],
    [
      "cgnr: workspace.exact.q has length 2, expected 3",
      () => cgnr(A, good, good.x, { exact, workspace: cgnrWorkspace(A, dense(space, diagonal([1, 1]))) }),
    ],
  ])("%s", (message, solve) => {
    expect(solve).toThrow(message);
    expect(good).toEqual({ b: Float64Array.of(1, 2, 2), x: Float64Array.of(7, 7) });
  });
});

describe("a workspace", () => {
  test("gives the same bits, whatever a solve before has left in it", () => {
    const A = dense(space, line);
    const workspace = cgnrWorkspace(A, A);
    const { exact: own, ...vectors } = workspace;
    for (const scratch of [...Object.values(vectors), ...Object.values(own ?? {})]) (scratch as Float64Array).fill(NaN);
    const damping = Float64Array.of(1, 2);
    const exact = { A, g: Float64Array.of(5, 11), damping };
    const [x, y, z] = [space.zeros(2), space.zeros(2), space.zeros(2)];

    cgnr(A, { b: heights }, x, { damping, exact });
    cgnr(A, { b: heights }, y, { damping, exact, workspace });
    cgnr(A, { b: heights }, z, { damping, exact, workspace });

    expect(y).toEqual(x);
    expect(z).toEqual(x);
  });
});

describe("manufactured solutions", () => {
  test.each([[3], [1, 2], [1, 5, 10], [0.5, 1, 2, 8]].map((distinct) => ({ distinct })))(
    "with singular values $distinct take at most as many steps",
    ({ distinct }) => {
      const sigma = Array.from({ length: 20 }, (_, i) => distinct[i % distinct.length]);
      const A = withSingularValues(sigma);
      const solution = Float64Array.from({ length: 20 }, (_, i) => Math.sin(i));
      const b = Float64Array.from(A, (row) => row.reduce((sum, entry, j) => sum + entry * solution[j], 0));
      const x = space.zeros(20);
      // Relative errors of x are those of s times the condition of A'A.
      const condition = (Math.max(...distinct) / Math.min(...distinct)) ** 2;

      const report = cgnr(dense(space, A), { b }, x, { rtol: tolerance(fp64, 400) * condition });

      expect(report.termination).toBe("tolerance-met");
      expect(report.iterations).toBeLessThanOrEqual(distinct.length);
      expectClose(x, solution, tolerance(fp64, 400) * condition ** 2);
    },
  );
});

describe("a user's own preconditioner", () => {
  // Columns of norms 2^-10 ... 2^9.
  const scales = Array.from({ length: 20 }, (_, j) => 2 ** (j - 10));
  const A = product(withSingularValues(Array.from({ length: 20 }, (_, i) => 1 + i / 20)), diagonal(scales));
  const b = Float64Array.from({ length: 20 }, (_, i) => Math.cos(i));
  const jacobi: Preconditioner<typeof fp64> = {
    size: 20,
    space,
    storage: "fp64",
    apply(r, z) {
      for (let j = 0; j < r.length; j++) z[j] = r[j] / scales[j] ** 2;
    },
  };

  test("repairs bad scaling", () => {
    const [x, y] = [space.zeros(20), space.zeros(20)];

    const without = cgnr(dense(space, A), { b }, x, { rtol: 1e-6, maxIterations: 1000 });
    const preconditioned = cgnr(dense(space, A), { b }, y, { rtol: 1e-6, preconditioner: jacobi });

    expect(preconditioned.termination).toBe("tolerance-met");
    expect(preconditioned.iterations).toBeLessThanOrEqual(12);
    expect(without.iterations).toBeGreaterThan(3 * preconditioned.iterations);
  });

  test("makes the relative residual the relative error in the energy norm, where it is exact", () => {
    const N = product(transpose(line), line);
    const solution = [2 / 3, 1 / 2];
    const energy = (v: readonly number[]) => Math.sqrt(product([v], product(N, transpose([v])))[0][0]);
    const x = Float64Array.of(0.9, 0.1);
    const Z = [
      [14 / 6, -1],
      [-1, 1 / 2],
    ];

    const report = cgnr(dense(space, line), { b: heights }, x, { preconditioner: inverse(space, Z), maxIterations: 0 });

    const error = energy([x[0] - solution[0], x[1] - solution[1]]) / energy(solution);
    expectClose([report.relativeResidual], [error], tolerance(fp64, 100));
  });
});

describe.each(formats)("in $name", (format) => {
  const own = newSpace(format);
  const P = format.storage;
  // A few roundings of s and x, which the condition of A'A magnifies: 8 at most in these systems.
  const rtol = tolerance(P, 10, 8);

  test("the normal equations hold", () => {
    fc.assert(
      fc.property(wellPosed, ({ A, b }) => {
        const x = own.zeros(A[0].length);
        const right = b.slice(0, A.length);

        const report = cgnr(dense(own, A), { b: vector(own, right) }, x, { rtol });

        expect(report.termination).toBe("tolerance-met");
        expect(norm(trueResidual(A, right, unpack(P, x)))).toBeLessThanOrEqual(
          2 * rtol * norm(trueResidual(A, right, new Float64Array(A[0].length))),
        );
      }),
    );
  });

  test("damping is what further rows sqrt(d) are", () => {
    fc.assert(
      fc.property(wellPosed, ({ A, b }) => {
        const n = A[0].length;
        const right = b.slice(0, A.length);
        const roots = Array.from({ length: n }, (_, j) => 2 ** ((j % 3) - 1));
        const [x, y] = [own.zeros(n), own.zeros(n)];

        cgnr(dense(own, A), { b: vector(own, right) }, x, {
          rtol,
          damping: vector(
            own,
            roots.map((root) => root ** 2),
          ),
        });
        cgnr(dense(own, [...A, ...diagonal(roots)]), { b: vector(own, [...right, ...roots.map(() => 0)]) }, y, { rtol });

        expectClose(unpack(P, x), unpack(P, y), 2 * rtol);
      }),
    );
  });

  test("solves a square system of n unknowns in n steps", () => {
    const A = withSingularValues([2, 1.5, 1, 1.25]);
    const x = own.zeros(4);

    const report = cgnr(dense(own, A), { b: vector(own, [1, -1, 0.5, 0]) }, x, { rtol });

    expect(report.termination).toBe("tolerance-met");
    expect(report.iterations).toBeLessThanOrEqual(4);
  });

  test("the right side is left as it was", () => {
    const b = vector(own, [1, 2, 2]);
    const before = (b as Storage).slice();

    cgnr(dense(own, line), { b }, own.zeros(2));

    expect(b).toEqual(before);
  });
});
