import { measurementSize } from "../factors/sets.ts";
import { placeMeasured } from "../init/landmarks.ts";
import { LANDMARK2, LANDMARK3, SENSOR3 } from "../io/g2o.ts";
import { normalizeQuaternion } from "../io/quaternion.ts";
import type { Findings } from "./findings.ts";
import { graphValues } from "./information.ts";
import type { LintFile } from "./lint-file.ts";
import type { LintType } from "./lint-type.ts";

/** Edges and factors that take a landmark for a pose. */
export function lintLandmarksAsPoses(file: LintFile, findings: Findings): void {
  const landmarks = new Set(idsOf(file, "landmark"));
  for (const k of [...file.records("edge", "factor")]) {
    const landmark = posesOf(file, k).find((id) => landmarks.has(id));
    if (landmark !== undefined) reject(file, findings, k, `takes ${landmark} for a pose, and it is a landmark`);
  }
}

/**
 * Factors of poses that the file does not have, or whose landmark is a pose; sensors that it does not have; and landmarks without a vertex in a file that has vertices of
 * landmarks. Runs when edges have all their poses.
 */
export function lintFactors(file: LintFile, findings: Findings): void {
  const poses = new Set([...idsOf(file, "vertex"), ...file.added.map(({ id }) => id)]);
  if (poses.size === 0) for (const k of file.records("edge", "factor")) for (const id of posesOf(file, k)) poses.add(id);
  for (const k of [...file.records("factor")]) {
    const gone = posesOf(file, k).find((id) => !poses.has(id));
    const pose = landmarksOf(file, k).find((id) => poses.has(id));
    if (gone !== undefined) reject(file, findings, k, `names the pose ${gone}, which has neither a vertex nor an edge`);
    else if (pose !== undefined) reject(file, findings, k, `takes ${pose} for a landmark, and it is a pose`);
  }
  addSensors(file, findings);
  placeMissingLandmarks(file, findings);
}

function reject(file: LintFile, findings: Findings, k: number, what: string): void {
  findings.report("missing-vertex", file.line(k), `${file.name(k)} ${what}`);
  file.setAside(k, "missing-vertex");
}

/** At the body's own frame. */
function addSensors(file: LintFile, findings: Findings): void {
  const sensors = new Set(idsOf(file, "sensor"));
  for (const k of file.records("factor")) {
    const sensor = sensorOf(file, k);
    if (sensor === undefined || sensors.has(sensor)) continue;
    findings.report("missing-sensor", file.line(k), `${file.name(k)} is of the sensor ${sensor}, which has no ${SENSOR3.tag}`);
    sensors.add(sensor);
    file.added.push({ type: SENSOR3, id: sensor, values: Float64Array.of(0, 0, 0, 0, 0, 0, 1) });
  }
}

/** Where the first pose that sees one puts it; what measures those that none puts anywhere is set aside. */
function placeMissingLandmarks(file: LintFile, findings: Findings): void {
  const known = new Set(idsOf(file, "landmark"));
  if (known.size === 0) return;
  const seenBy = new Map<number, number[]>();
  for (const k of file.records("factor")) {
    for (const id of landmarksOf(file, k)) {
      if (known.has(id)) continue;
      const measurements = seenBy.get(id);
      if (measurements === undefined) seenBy.set(id, [k]);
      else measurements.push(k);
    }
  }
  if (seenBy.size === 0) return;
  const poseOf = posesById(file);
  for (const [id, measurements] of seenBy) {
    const count = measurements.length === 1 ? "1 measurement names it" : `${measurements.length} measurements name it`;
    findings.report("missing-vertex", file.line(measurements[0]), `landmark ${id} has no vertex; ${count}`);
    const places = measurements.map((k) => placeOf(file, k, poseOf)).filter((place) => place?.every(Number.isFinite));
    if (places[0] !== undefined) file.added.push({ type: places[0].length === 2 ? LANDMARK2 : LANDMARK3, id, values: places[0] });
    else for (const k of measurements) file.setAside(k, "missing-vertex");
  }
}

/** Where a measured position puts its landmark; undefined of a bearing, and from a pose without a vertex. */
function placeOf(
  file: LintFile,
  k: number,
  poseOf: (kind: "vertex" | "sensor", id: number) => Float64Array | undefined,
): Float64Array | undefined {
  const type = file.type(k);
  const X = poseOf("vertex", posesOf(file, k)[0]);
  if (type.kind !== "factor" || X === undefined) return undefined;
  const sensor = sensorOf(file, k);
  const O = sensor === undefined ? [] : (poseOf("sensor", sensor) as Float64Array);
  return placeMeasured(type.factor, X, Float64Array.of(...file.values(k).subarray(0, measurementSize(type.factor)), ...O));
}

/** The poses of vertices and sensors, as a graph has them. */
function posesById(file: LintFile): (kind: "vertex" | "sensor", id: number) => Float64Array | undefined {
  const poses = { vertex: new Map<number, Float64Array>(), sensor: new Map<number, Float64Array>() };
  const enter = (type: LintType, id: number, values: Float64Array): void => {
    if (type.kind !== "vertex" && type.kind !== "sensor") return;
    const pose = graphValues(type, values).subarray(0, type.dimension === 2 ? 3 : 7);
    if (type.dimension === 3) normalizeQuaternion(pose, 3);
    poses[type.kind].set(id, pose);
  };
  for (const k of file.records("vertex", "sensor")) enter(file.type(k), file.ids(k)[0], file.values(k));
  for (const { type, id, values } of file.added) enter(type, id, values);
  return (kind, id) => poses[kind].get(id);
}

function idsOf(file: LintFile, kind: LintType["kind"]): number[] {
  return Array.from(file.records(kind), (k) => file.ids(k)[0]);
}

function posesOf(file: LintFile, k: number): readonly number[] {
  return variablesOf(file, k, "pose");
}

function landmarksOf(file: LintFile, k: number): readonly number[] {
  return variablesOf(file, k, "landmark");
}

/** Of an edge or factor. */
function variablesOf(file: LintFile, k: number, kind: "pose" | "landmark"): readonly number[] {
  const type = file.type(k);
  return file.variables(k).filter((_, v) => (type.kind === "factor" ? type.factor.variables[v] : "pose") === kind);
}

function sensorOf(file: LintFile, k: number): number | undefined {
  const type = file.type(k);
  return type.kind === "factor" && type.factor.hasSensor === true ? file.ids(k)[type.factor.variables.length] : undefined;
}
