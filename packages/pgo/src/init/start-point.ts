import { OptionError } from "@slam/errors";
import type { Counters } from "@slam/nlls";
import type { ArenaPool } from "@slam/wasm";
import { componentsOf, heldVariables } from "../factors/components.ts";
import type { HeldDirections } from "../factors/free-directions.ts";
import { findGauge } from "../factors/gauge.ts";
import { looseParts } from "../factors/loose-parts.ts";
import { edgesOnly } from "../factors/sets.ts";
import { type FactorTerms, factorTerms } from "../factors/terms.ts";
import { undeterminedLandmarks } from "../factors/undetermined.ts";
import type { PoseGraph } from "../graph.ts";
import { joinedPoint } from "../point.ts";
import { PoseGraphProblem } from "../problem.ts";
import { squareRootInformation } from "../whitening.ts";
import { freeComponents, fromFile, odometry, spanningTree } from "./chain.ts";
import { chordal } from "./chordal.ts";
import type { Initialization } from "./initialization.ts";
import { type Placing, placeLandmarks } from "./landmarks.ts";
import { priorPoses } from "./prior-poses.ts";
import { randomPoses } from "./random.ts";

/** Where a graph with landmarks or factors starts from, and what is held in it. */
export interface StartPoint {
  readonly init: Initialization;
  readonly point: Float64Array;
  /** The file's own estimates, what it does not give placed. */
  readonly fromFile: Float64Array;
  /** Poses: those given, and one of each component that no measurement ties to the world. */
  readonly held: readonly number[];
  readonly directions: readonly HeldDirections[];
  /** Indices of landmarks whose position the measurements leave open. */
  readonly undetermined: readonly number[];
}

export interface StartOptions {
  /** Default "chordal" where there are loops, edges connect what factors do, and no more than one pose or prior says where the graph is; else "file". */
  readonly init: Initialization | undefined;
  /** Of "random". */
  readonly seed: number;
  readonly counters: Counters | undefined;
  readonly arenas: ArenaPool | undefined;
  readonly placing: Placing;
}

/**
 * Poses start as `init` says along the edges alone, each part that edges connect from a fixed pose, from one whose prior has full rank, or else from its
 * first pose. Then each landmark is placed; with "file" only those without an estimate.
 *
 * @param fixed poses.
 * @throws OptionError for a landmark that neither the file nor its measurements place, and for indefinite information.
 */
export function startPoint(graph: PoseGraph, fixed: readonly number[], options: StartOptions): StartPoint {
  const { init, placing } = options;
  const terms = factorTerms(graph, squareRootInformation(graph).ofFactors);
  const priors = priorPoses(graph, fixed, terms);
  const anchors = [...fixed, ...priors.poses.keys()];
  const roots = [...anchors, ...freeComponents(graph, anchors)];
  const chosen = init ?? defaultBesideLandmarks(graph, fixed, priors.count, roots);
  const own = withLandmarks(graph, terms, fromFile(priors.place(graph, "unknown"), roots, options.arenas), true, placing);
  const point =
    chosen === "file" ? own : withLandmarks(graph, terms, posesOf(priors.place(graph, "all"), chosen, roots, options), false, placing);
  const gauge = findGauge(graph, fixed, terms, point);
  const open = undeterminedLandmarks(graph, terms, point);
  return {
    init: chosen,
    point,
    fromFile: own,
    held: [...fixed, ...gauge.held],
    directions: [...gauge.directions, ...looseParts(graph, fixed, terms, point), ...open],
    undetermined: open.map(({ variable }) => variable - graph.ids.length),
  };
}

function posesOf(
  graph: PoseGraph,
  init: Exclude<Initialization, "file">,
  roots: readonly number[],
  { seed, counters, arenas }: StartOptions,
): Float64Array {
  switch (init) {
    case "odometry":
      return odometry(graph, roots, arenas);
    case "spanning-tree":
      return spanningTree(graph, roots, arenas);
    case "chordal":
      return chordal(new PoseGraphProblem(edgesOnly(graph), roots, { counters, arenas }));
    case "random":
      return randomPoses(graph, roots, seed);
  }
}

function withLandmarks(
  graph: PoseGraph,
  terms: readonly FactorTerms[],
  poses: Float64Array,
  keepKnown: boolean,
  placing: Placing,
): Float64Array {
  const { positions, lost } = placeLandmarks(graph, terms, poses, keepKnown, placing);
  if (lost.length > 0) {
    throw new OptionError(`the estimate of landmark ${graph.landmarks?.ids[lost[0]]}`, {
      expected: "one given where no position is measured and bearings do not cross",
      actual: "missing",
    });
  }
  return joinedPoint(poses, positions);
}

function defaultBesideLandmarks(graph: PoseGraph, fixed: readonly number[], priors: number, roots: readonly number[]): Initialization {
  const loops = graph.from.length - (graph.ids.length - roots.length);
  const anchors = fixed.length + priors + (graph.landmarks?.fixed.length ?? 0);
  return loops > 0 && anchors <= 1 && poseComponents(graph) === poseComponents(edgesOnly(graph)) ? "chordal" : "file";
}

/** How many components have a pose. */
function poseComponents(graph: PoseGraph): number {
  return new Set(componentsOf(graph, heldVariables(graph, [])).subarray(0, graph.ids.length)).size;
}
