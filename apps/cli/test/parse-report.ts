import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { expect } from "vitest";
import schema from "../schema/report.schema.json" with { type: "json" };
import type { PgoReport } from "../src/report.ts";

const validate: ValidateFunction = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

/** The report in a text, which the published schema describes. */
export function parseReport(text: string): PgoReport {
  const report: unknown = JSON.parse(text);
  validate(report);
  expect(validate.errors).toBe(null);
  return report as PgoReport;
}
