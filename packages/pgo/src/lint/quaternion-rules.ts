import { normalizeQuaternion } from "../io/quaternion.ts";
import type { Findings } from "./findings.ts";
import type { LintFile } from "./lint-file.ts";
import { shortText } from "./short-text.ts";

/** How far a length may be from 1: four printed digits stay below it, a forgotten normalisation does not. */
const LENGTH_SLACK = 1e-4;

/** Quaternions whose length is not 1. */
export function lintQuaternions(file: LintFile, findings: Findings): void {
  for (const k of file.records()) {
    const { tag, kind, fields } = file.type(k);
    const at = fields.indexOf("qx");
    if (at < 0) continue;
    const length = Math.hypot(file.value(k, at), file.value(k, at + 1), file.value(k, at + 2), file.value(k, at + 3));
    if (Math.abs(length - 1) <= LENGTH_SLACK) continue;
    const values = file.values(k);
    if (length === 0) {
      findings.report("zero-quaternion", file.line(k), `the quaternion of ${tag} is 0 0 0 0`);
      values[at + 3] = 1;
      if (kind === "vertex" || kind === "sensor") file.change(k, values);
      else file.setAside(k, "zero-quaternion");
    } else {
      findings.report("non-unit-quaternion", file.line(k), `the quaternion of ${tag} has length ${shortText(length)}`);
      normalizeQuaternion(values, at);
      file.change(k, values);
    }
  }
}
