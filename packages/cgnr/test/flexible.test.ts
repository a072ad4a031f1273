import { type CgnrOptions, cgnr } from "@slam/cgnr";
import { type FP64, fp64, operationFormat, tolerance, zeros } from "@slam/float";
import type { LinearReport, Preconditioner } from "@slam/linop";
import { expectClose } from "@slam/testing";
import { describe, expect, test } from "vitest";
import { dense, diagonal, inverse, newSpace, norm, trueResidual, withSingularValues } from "./systems.ts";

const space = newSpace(operationFormat(fp64));
const n = 20;
const rows = withSingularValues(Array.from({ length: n }, (_, i) => 1 + i));
const A = dense(space, rows);
const b = Float64Array.from({ length: n }, (_, i) => Math.cos(i));

function solved(options: CgnrOptions<FP64>): { readonly x: Float64Array; readonly report: LinearReport } {
  const x = zeros(fp64, n);
  return { x, report: cgnr(A, { b }, x, { maxIterations: 1000, ...options }) };
}

/** A diagonal that is drawn anew for each application, its entries within a factor 2 of 1: always positive definite, never the same. */
function restless(): Preconditioner<FP64> {
  let state = 1;
  const drawn = (): number => {
    state = (state * 48271) % 2147483647;
    return 2 ** ((2 * state) / 2147483647 - 1);
  };
  return {
    size: n,
    space,
    storage: "fp64",
    apply(r, z) {
      for (let j = 0; j < n; j++) z[j] = r[j] * drawn();
    },
  };
}

describe("with a preconditioner that changes at each application", () => {
  test("plain conjugate gradients stall", () => {
    const { report } = solved({ preconditioner: restless(), rtol: 1e-8 });

    expect(report.termination).toBe("max-iterations");
    expect(report.relativeResidual).toBeGreaterThan(1e-6);
  });

  test("flexible ones reach the tolerance", () => {
    const { x, report } = solved({ preconditioner: restless(), rtol: 1e-8, flexible: true });

    expect(report.termination).toBe("tolerance-met");
    // Both norms of the residual are within the factor sqrt(2) of the 2-norm.
    expect(norm(trueResidual(rows, b, x))).toBeLessThanOrEqual(2.01e-8 * norm(trueResidual(rows, b, new Float64Array(n))));
  });

  test("so they do with damping, to the true residual", () => {
    const damping = new Float64Array(n).fill(3);
    const g = Float64Array.from(trueResidual(rows, b, new Float64Array(n)));

    const { x, report } = solved({ preconditioner: restless(), rtol: 1e-8, flexible: true, damping, exact: { A, g, damping } });

    expect(report.termination).toBe("verified");
    expect(norm(trueResidual(rows, b, x, damping))).toBeLessThanOrEqual(2.01e-8 * norm([...g]));
  });
});

describe("with a fixed preconditioner", () => {
  test.each<[string, CgnrOptions<FP64>]>([
    ["none", {}],
    ["a diagonal one", { preconditioner: inverse(space, diagonal(Array.from(b, (_, i) => 1 / (1 + i)))) }],
    ["one and damping", { preconditioner: inverse(space, diagonal(Array.from(b, () => 0.01))), damping: Float64Array.from(b, Math.abs) }],
  ])("%s, the flexible iterates are the plain ones but for rounding", (_, options) => {
    const [plain, flexible] = [false, true].map((flag) => solved({ ...options, flexible: flag, rtol: 0, maxIterations: 5 }).x);

    // Each of five iterations magnifies what rounding did before by the condition of A'A at most.
    expectClose(flexible, plain, tolerance(fp64, 5, n ** 2));
  });

  test("a singular direction is a breakdown, as it is without", () => {
    const report = cgnr(dense(space, diagonal([1, 0])), { g: Float64Array.of(0, 1) }, space.zeros(2), { flexible: true });

    expect(report.message).toBe("cgnr: breakdown after 0 iterations, p'(A'A + D) p = 0");
  });
});

test("the second direction is conjugate to the first, by hand", () => {
  // A'A = diag(1, 4), s = (1, 1): p = s, alpha = 2/5, s = (3, -3)/5, beta = -z'(A'A p) / p'(A'A p) = 9/25 for z = s.
  const x = space.zeros(2);

  cgnr(dense(space, diagonal([1, 2])), { g: Float64Array.of(1, 1) }, x, { flexible: true, rtol: 0, maxIterations: 2 });

  // From x = (2, 2)/5, along p = (24, -6)/25, by alpha = 5/8 to the solution.
  expectClose(x, [1, 0.25], tolerance(fp64, 10));
});
