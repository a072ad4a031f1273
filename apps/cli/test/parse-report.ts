import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { expect } from "vitest";
import schema from "../schema/report.schema.json" with { type: "json" };
import type { BaReport } from "../src/ba-report.ts";
import type { PgoReport } from "../src/report.ts";

const validate: ValidateFunction = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

/** A report that is as its schema says. */
export function parseReport(text: string): PgoReport {
  return checked(text) as PgoReport;
}

export function parseBaReport(text: string): BaReport {
  return checked(text) as BaReport;
}

function checked(text: string): unknown {
  const report: unknown = JSON.parse(text);
  validate(report);
  expect(validate.errors).toBe(null);
  return report;
}
