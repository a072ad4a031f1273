import { cos, sin } from "@slam/float";
import { median } from "../median.ts";
import type { Findings } from "./findings.ts";
import type { LintFile } from "./lint-file.ts";
import type { LintType } from "./lint-type.ts";
import { shortText } from "./short-text.ts";

/** No sensor sees a million times further than usual. */
const OUTLIER = 1e6;
/** A full turn in radians, with room for rounding. */
const TURN = 2 * Math.PI + 0.01;
const TURN_DEGREES = 360;
const DEGREE = Math.PI / 180;

/** Translations out of all proportion to the median of their kind. */
export function lintTranslations(file: LintFile, findings: Findings): void {
  for (const kind of ["vertex", "landmark", "edge"] as const) {
    const records = [...file.records(kind)];
    const lengths = records.map((k) => translationLength(file, k));
    const usual = median(lengths.filter((length) => length > 0));
    records.forEach((k, i) => {
      if (!(lengths[i] > OUTLIER * usual)) return;
      const message = `the translation of ${file.type(k).tag} ${file.ids(k)[0]} is ${shortText(lengths[i])} long, where the median is ${shortText(usual)}`;
      findings.report("translation-outlier", file.line(k), message);
    });
  }
}

function translationLength(file: LintFile, k: number): number {
  const { dimension, similarity } = file.type(k);
  // g2o's logarithm has it behind the rotation, and shorter or longer than it is by no more than its turn and growth.
  const at = similarity === "expmap" ? 3 : 0;
  return Math.hypot(file.value(k, at), file.value(k, at + 1), dimension === 3 ? file.value(k, at + 2) : 0);
}

/**
 * Measured angles of more than a full turn in radians, and none of more in degrees, where they mean degrees: in the plane with vertices, where these
 * agree ten times better with the edges' translations if angles are degrees; else where a tenth of the edges have one.
 */
export function lintDegrees(file: LintFile, findings: Findings): void {
  const edges = [...file.records("edge")];
  const largest = edges.map((k) => largestAngle(file, k));
  const beyond = edges.filter((_, e) => largest[e] > TURN);
  if (beyond.length === 0 || largest.some((angle) => angle > TURN_DEGREES)) return;
  if (!(agreesInDegrees(file) ?? 10 * beyond.length >= edges.length)) return;
  const how = beyond.length === 1 ? "1 edge has" : `${beyond.length} of ${edges.length} edges have`;
  findings.report("angles-in-degrees", file.line(beyond[0]), `${how} an angle of more than a full turn in radians; this is the first`);
}

/** Of the record's fields that are angles; 0 without any. */
function largestAngle(file: LintFile, k: number): number {
  return anglesOf(file.type(k)).reduce((largest, at) => Math.max(largest, Math.abs(file.value(k, at))), 0);
}

function anglesOf({ fields }: LintType): number[] {
  return ["theta", "roll", "pitch", "yaw"].map((name) => fields.indexOf(name)).filter((at) => at >= 0);
}

/** undefined where it cannot be told. */
function agreesInDegrees(file: LintFile): boolean | undefined {
  const poses = new Map<number, Float64Array>();
  for (const k of file.records("vertex")) if (file.type(k).dimension === 2) poses.set(file.ids(k)[0], file.values(k));
  const [radians, degrees]: [number[], number[]] = [[], []];
  for (const k of file.records("edge")) {
    const [from, to] = file.ids(k).map((id) => poses.get(id));
    if (from === undefined || to === undefined) continue;
    const measured = file.values(k);
    radians.push(misfit(from, to, measured, from[2]));
    degrees.push(misfit(from, to, measured, from[2] * DEGREE));
  }
  return radians.length === 0 ? undefined : 10 * median(degrees) < median(radians);
}

/** |R(theta)'(t_to - t_from) - t| */
function misfit(from: Float64Array, to: Float64Array, [x, y]: Float64Array, theta: number): number {
  const [c, s] = [cos(theta), sin(theta)];
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  return Math.hypot(c * dx + s * dy - x, c * dy - s * dx - y);
}
