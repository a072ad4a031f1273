import { checkChoice, checkInteger, checkLength, OptionError } from "@slam/errors";
import { upperSize } from "../between-formulas.ts";
import { checkFinite, checkIds, checkIndices, checkQuaternions } from "../check-arrays.ts";
import { FACTOR_TAGS, factorOf } from "./built-in.ts";
import type { Factor } from "./factor.ts";
import {
  type FactorSet,
  factorName,
  type Landmarks,
  landmarkCount,
  measurementSize,
  type Named,
  type Sensors,
  variableShape,
} from "./sets.ts";

/** The part of `checkGraph` for landmarks, sensors and factors. */
export function checkExtras(graph: Named): void {
  if (graph.landmarks !== undefined) checkLandmarks(graph, graph.landmarks);
  if (graph.sensors !== undefined) checkSensors(graph, graph.sensors);
  graph.factors?.forEach((set, s) => {
    checkSet(graph, set, `graph.factors[${s}]`);
  });
}

function checkLandmarks(graph: Named, { ids, positions, known, fixed }: Landmarks): void {
  checkLength("graph.landmarks.positions", positions.length, ids.length * graph.dimension);
  checkLength("graph.landmarks.known", known.length, ids.length);
  checkIds("graph.landmarks.ids", ids);
  const poses = new Set(graph.ids);
  const shared = ids.findIndex((id) => poses.has(id));
  if (shared >= 0) throw new OptionError(`graph.landmarks.ids[${shared}]`, { expected: "an id that no pose has", actual: ids[shared] });
  checkIndices("graph.landmarks.fixed", fixed, ids.length);
  checkFinite("graph.landmarks.positions", positions);
}

function checkSensors(graph: Named, { ids, poses }: Sensors): void {
  checkLength("graph.sensors.poses", poses.length, ids.length * variableShape(graph.dimension, "pose").size);
  checkIds("graph.sensors.ids", ids);
  checkFinite("graph.sensors.poses", poses);
  if (graph.dimension === 3) checkQuaternions("graph.sensors.poses", poses);
}

function checkSet(graph: Named, set: FactorSet, what: string): void {
  if (typeof set.factor === "string") checkChoice(`${what}.factor`, set.factor, FACTOR_TAGS);
  const factor = factorOf(set.factor);
  checkFactor(graph, factor, `${what}.factor`);
  const each = factor.variables.length;
  const count = Math.floor(set.variables.length / each);
  checkLength(`${what}.variables`, set.variables.length, count * each);
  checkLength(`${what}.measurements`, set.measurements.length, count * measurementSize(factor));
  checkLength(`${what}.information`, set.information.length, count * upperSize(factor.rows));
  checkLength(`${what}.sensors`, set.sensors?.length ?? 0, factor.hasSensor === true ? count : 0);
  checkIndices(`${what}.sensors`, set.sensors ?? new Int32Array(0), graph.sensors?.ids.length ?? 0);
  checkVariables(graph, set, factor, what);
  checkFinite(`${what}.measurements`, set.measurements);
  checkFinite(`${what}.information`, set.information);
  if (factor.measurement === "pose" && graph.dimension === 3) checkQuaternions(`${what}.measurements`, set.measurements);
}

function checkFactor(graph: Named, { dimension, variables, rows, measurement }: Factor, what: string): void {
  if (dimension !== graph.dimension) throw new OptionError(`${what}.dimension`, { expected: `${graph.dimension}`, actual: dimension });
  if (variables.length === 0) throw new OptionError(`${what}.variables`, { expected: "at least one", actual: "empty" });
  for (const kind of variables) checkChoice(`${what}.variables`, kind, ["pose", "landmark"]);
  checkInteger(`${what}.rows`, rows, 1, variableShape(dimension, "pose").dof);
  if (measurement !== "pose") checkInteger(`${what}.measurement`, measurement, 0);
}

function checkVariables(graph: Named, set: FactorSet, { variables }: Factor, what: string): void {
  const each = variables.length;
  for (let at = 0; at < set.variables.length; at++) {
    const kind = variables[at % each];
    const count = kind === "pose" ? graph.ids.length : landmarkCount(graph);
    checkInteger(`${what}.variables[${at}]`, set.variables[at], 0, count - 1);
    for (let before = at - (at % each); before < at; before++) {
      if (set.variables[before] !== set.variables[at] || variables[before % each] !== kind) continue;
      const name = factorName(graph, set, Math.floor(at / each));
      throw new OptionError(`${what}.variables[${at}]`, { expected: `another ${kind} than before in ${name}`, actual: set.variables[at] });
    }
  }
}
