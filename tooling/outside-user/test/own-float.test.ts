import { defineFloat, operationFormat } from "@slam/float";
import { type Policy, parsePolicy, presetPolicy } from "@slam/nlls";
import { solve } from "@slam/pgo";
import { describe, expect, test } from "vitest";
import { laps } from "./laps.ts";

/** 12 bits: a sign, 5 of exponent as fp16 has, 6 of fraction. */
const own = defineFloat({ name: "e5p7", exponentBits: 5, significandBits: 7 });
const wide = await solve(laps(), { policy: presetPolicy("fp64") });

/** Relative difference of costs: solves end where a step gains at most ftol = 1e-6 of the cost. */
const SAME = 1e-6;

describe("a float of 12 bits, defined outside,", () => {
  test.each<[string, Policy]>([
    ["as the format the preconditioner is stored in", { ...presetPolicy("fp32"), name: "own", precondition: operationFormat(own) }],
    ["and of every operation of the preconditioner", { ...presetPolicy("fp32"), name: "own", precondition: operationFormat(own, own) }],
    [
      "for the products with J too",
      { ...presetPolicy("fp32"), name: "own", precondition: operationFormat(own), matvec: operationFormat(own) },
    ],
    ["as a policy file gives it", parsePolicy({ preset: "fp32", precondition: { exponentBits: 5, significandBits: 7 } })],
  ])("%s: the solve converges to fp64's optimum", async (_, policy) => {
    const { report } = await solve(laps(), { policy });

    expect([wide.report.termination, report.termination]).toEqual(["converged", "converged"]);
    expect(Math.abs(report.cost.final / wide.report.cost.final - 1)).toBeLessThan(SAME);
    // Blocks on the factor's diagonal are kept in the arithmetic.
    expect(Object.keys(report.work.bytes.precondition ?? {})).toEqual([...new Set([policy.precondition.arithmetic.name, "e5p7"])]);
  });
});
