import { fp64, operationFormat } from "@slam/float";
import { newCounters, presetPolicy } from "@slam/nlls";
import { expect, test } from "vitest";
import { DirectSolver } from "../src/direct-solver.ts";
import type { PoseGraph } from "../src/graph.ts";
import { CgnrSolver } from "../src/normal-solver.ts";
import { PoseGraphProblem } from "../src/problem.ts";

/** Three poses in the plane; the middle one, held, has an edge to either other: J is two blocks of 3 x 3. */
const graph: PoseGraph = {
  dimension: 2,
  ids: Float64Array.of(0, 1, 2),
  poses: Float64Array.of(0, 0, 0, 1, 0.1, 0.2, 2, 0.3, -0.1),
  known: Uint8Array.of(1, 1, 1),
  from: Int32Array.of(0, 1),
  to: Int32Array.of(1, 2),
  measurements: Float64Array.of(1, 0, 0, 1, 0, 0),
  information: Float64Array.of(1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1),
  fixed: Int32Array.of(1),
};
