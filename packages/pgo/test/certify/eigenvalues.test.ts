import { Random } from "@slam/sim";
import fc from "fast-check";
import { expect, test } from "vitest";
import { chordalForm } from "../../src/certify/chordal-form.ts";
import { eigenvalueProver } from "../../src/certify/eigenvalue-bound.ts";
import { smallestEigenpairs } from "../../src/certify/smallest-eigenpairs.ts";
import { loopyGraph } from "../loopy-graph.ts";
import { denseCertificate, denseEigenvalues } from "./dense-certificate.ts";
import { multipliersAt, randomPoint, systemAt } from "./lifted-points.ts";

const case_ = fc.record({ graph: loopyGraph, more: fc.nat(2), seed: fc.nat(1e6) });

test("the least eigenvalue of S is a dense solver's, in the plane and in space, at points of any rank", () => {
  fc.assert(
    fc.property(case_, ({ graph, more, seed }) => {
      const form = chordalForm(graph);
      const r = form.d + more;
      const X = randomPoint(form, r, new Random(seed));
      const Lambda = multipliersAt(form, X, r);
      const dense = denseEigenvalues(form, Lambda);
      const scale = Math.max(...dense.map(Math.abs));

      const found = smallestEigenpairs(systemAt(form, X, r, Lambda), 2 * scale, 1e-9);

      expect(Math.abs((found?.values[0] ?? Number.NaN) - dense[0])).toBeLessThan(1e-10 * scale);
    }),
    { numRuns: 60 },
  );
});

test("its vector is one: S y = value y, with no positions", () => {
  fc.assert(
    fc.property(case_, ({ graph, more, seed }) => {
      const form = chordalForm(graph);
      const { d, n } = form;
      const X = randomPoint(form, d + more, new Random(seed));
      const Lambda = multipliersAt(form, X, d + more);
      const S = denseCertificate(form, Lambda);
      const scale = S.reduce((most, s) => Math.max(most, Math.abs(s)), 0);

      const { values, vectors } = smallestEigenpairs(systemAt(form, X, d + more, Lambda), 4 * d * n * scale, 1e-9)!;

      const first = Float64Array.from({ length: (d + 1) * n }, (_, k) => vectors[k * (d + 2)]);
      const y = first.filter((_, k) => k % (d + 1) < d);
      expect(first.every((x, k) => k % (d + 1) < d || x === 0)).toBe(true);
      expect(Math.hypot(...y)).toBeCloseTo(1, 12);
      for (let i = 0; i < d * n; i++) {
        const Sy = y.reduce((sum, x, j) => sum + S[i * d * n + j] * x, 0);
        expect(Math.abs(Sy - values[0] * y[i])).toBeLessThan(1e-7 * d * n * scale);
      }
    }),
    { numRuns: 40 },
  );
});

test("S >= -eta I is proved just above the least eigenvalue, and never below it", () => {
  fc.assert(
    fc.property(case_, ({ graph, more, seed }) => {
      const form = chordalForm(graph);
      const r = form.d + more;
      const X = randomPoint(form, r, new Random(seed));
      const Lambda = multipliersAt(form, X, r);
      const dense = denseEigenvalues(form, Lambda);
      const noise = 1e-9 * Math.max(...dense.map(Math.abs));

      const proves = eigenvalueProver(systemAt(form, X, r, Lambda));

      expect([proves(-dense[0] + noise), proves(-dense[0] - noise)]).toEqual([true, false]);
    }),
    { numRuns: 60 },
  );
});
