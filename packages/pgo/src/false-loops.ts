import { checkInteger, checkNumber, OptionError } from "@slam/errors";
import { informationSize, type PoseGraph, poseDof, poseSize } from "./graph.ts";
import { isLoop } from "./loops.ts";
import { defaultBound } from "./loss-bounds.ts";
import { PoseGraphProblem } from "./problem.ts";
import { robustProblem } from "./robust-problem.ts";

export interface FalseLoopsOptions {
  /** How many false loops there are to be for each true one, rounded to whole ones. */
  readonly share: number;
  /** Uniform integers in 0 ... n - 1, such as `Random` of `@slam/sim` draws. */
  readonly random: { integer(n: number): number };
}

/** Poses nearer than this in sequence may well see the same place. */
const LEAST_SPAN = 20;
/** A graph on which hardly a loop can be false is no graph to make false loops on. */
const MOST_ROUNDS = 1000;

/**
 * The graph with seeded false loops behind its own edges: between two uniformly drawn poses at least 20 apart in sequence, with the measurement and the
 * information of a uniformly drawn true loop; drawn anew while its whitened error at the optimum is below sqrt of the 99 % quantile of chi-square.
 *
 * @param optimum the graph's poses where chi2 is least.
 * @throws OptionError for a share that is no number >= 0, and where there is no true loop, no two poses so far apart, or nowhere that a loop would be false.
 */
export function addFalseLoops(graph: PoseGraph, optimum: Float64Array, { share, random }: FalseLoopsOptions): PoseGraph {
  checkNumber("outliers", share, 0);
  const loops = Array.from(graph.from.keys()).filter((edge) => isLoop(graph, edge));
  const count = Math.round(share * loops.length);
  if (share > 0) {
    checkInteger("outliers: loops of the graph", loops.length, 1);
    checkInteger("outliers: poses of the graph", graph.ids.length, LEAST_SPAN + 1);
  }
  let [edges, missing] = [edgesLike(graph, []), count];
  for (let round = 0; missing > 0; round++) {
    if (round === MOST_ROUNDS)
      throw new OptionError("outliers", { expected: "0 on a graph where hardly a loop can be false", actual: share });
    const drawn = Array.from({ length: missing }, () => draw(graph, loops, random));
    const squares = squaredNorms({ ...graph, ...edgesLike(graph, drawn) }, optimum);
    const isFalse = drawn.filter((_, k) => squares[k] >= defaultBound(poseDof(graph)) ** 2);
    edges = append(edges, edgesLike(graph, isFalse));
    missing -= isFalse.length;
  }
  return { ...graph, ...append(graph, edges) };
}

type Edges = Pick<PoseGraph, "from" | "to" | "measurements" | "information">;

interface Draw {
  readonly from: number;
  readonly to: number;
  /** The true loop whose measurement and information this has. */
  readonly source: number;
}

function draw(graph: PoseGraph, loops: readonly number[], random: FalseLoopsOptions["random"]): Draw {
  const poses = graph.ids.length;
  for (;;) {
    const [from, to] = [random.integer(poses), random.integer(poses)];
    if (Math.abs(from - to) >= LEAST_SPAN) return { from, to, source: loops[random.integer(loops.length)] };
  }
}

function edgesLike(graph: PoseGraph, drawn: readonly Draw[]): Edges {
  const rows = (values: Float64Array, size: number): Float64Array => {
    const result = new Float64Array(drawn.length * size);
    drawn.forEach(({ source }, k) => {
      result.set(values.subarray(source * size, (source + 1) * size), k * size);
    });
    return result;
  };
  return {
    from: Int32Array.from(drawn, ({ from }) => from),
    to: Int32Array.from(drawn, ({ to }) => to),
    measurements: rows(graph.measurements, poseSize(graph)),
    information: rows(graph.information, informationSize(graph)),
  };
}

function append(a: Edges, b: Edges): Edges {
  return {
    from: joined(Int32Array, a.from, b.from),
    to: joined(Int32Array, a.to, b.to),
    measurements: joined(Float64Array, a.measurements, b.measurements),
    information: joined(Float64Array, a.information, b.information),
  };
}

function joined<A extends Int32Array | Float64Array>(Numbers: new (length: number) => A, a: A, b: A): A {
  const result = new Numbers(a.length + b.length);
  result.set(a);
  result.set(b, a.length);
  return result;
}

/** e'We of each edge. */
function squaredNorms(graph: PoseGraph, poses: Float64Array): Float64Array {
  const problem = new PoseGraphProblem(graph, []);
  return robustProblem(problem, () => undefined).squaredNorms(poses);
}
