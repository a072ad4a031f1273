import {
  findConsistentLoops,
  type GatedLoop,
  gateLoop,
  IncrementalPoseGraph,
  informationSize,
  isMarginals,
  type PoseGraph,
  recoverMarginals,
  type UpdateReport,
} from "@slam/pgo";
import { ArenaPool } from "@slam/wasm";
import type { LoopEnds } from "../events.ts";

const SIZE = 7;
/** Loops that are tested against each other: older ones stay as they are. Its square is what a loop costs, and each has met as many others as tell false ones. */
const RECENT = 100;

/** A measurement between two key frames as edges of the graph have it. */
export interface Edge extends LoopEnds {
  readonly measurement: Float64Array;
  /** Upper triangle, of [t; vec q]. */
  readonly information: Float64Array;
}

interface Loop {
  readonly edge: Edge;
  /** What the graph calls it, while it is in it. */
  handle: number | undefined;
  /** Whether it contradicted the others when they were compared last. */
  isContrary: boolean;
}

/** A loop that contradicts others or odometry, and how far. */
interface Contrary extends LoopEnds {
  readonly squared: number;
  readonly bound: number;
}

/** What became of the loops when they were compared. */
export interface Choice {
  readonly added: readonly LoopEnds[];
  readonly removed: readonly LoopEnds[];
  readonly contrary: readonly Contrary[];
  /** Where any were added or removed. */
  readonly report?: UpdateReport;
}

/**
 * Key frames with the odometry between them, and the loops that are believed: those among the last ones that agree with each other and with odometry, once they are enough. A
 * loop that comes to contradict the others is taken out again. Poses are at the optimum after each choice.
 */
export class LoopGraph {
  readonly #graph = new IncrementalPoseGraph({ dimension: 3 });
  readonly #odometry: Edge[] = [];
  /** Of each key frame, how many up to it nothing tied to the one before. */
  readonly #stretch = [0];
  readonly #loops: Loop[] = [];
  readonly #arenas = new ArenaPool();
  readonly #leastLoops: number;
  readonly #quantile: number;

  constructor(start: Float64Array, { leastLoops, quantile }: { readonly leastLoops: number; readonly quantile: number }) {
    this.#leastLoops = leastLoops;
    this.#quantile = quantile;
    this.#graph.addPose(0, { pose: start });
  }

  /** Adds key frame `to`, which follows `from`. @param isTied whether something was measured between the two. */
  addKeyFrame(edge: Edge, isTied: boolean): void {
    this.#stretch.push(this.#stretch[edge.from] + (isTied ? 0 : 1));
    this.#graph.addPose(edge.to, { from: edge.from, measurement: edge.measurement, information: edge.information });
    this.#odometry.push(edge);
  }

  get poses(): Float64Array {
    return this.#graph.graph.poses;
  }

  pose(id: number): Float64Array {
    return this.#graph.pose(id);
  }

  /** Odometry and the loops that are believed. */
  get graph(): PoseGraph {
    return this.#graph.graph;
  }

  /** How far a loop is from what the graph says without it; undefined where that says nothing, which is no evidence against it. */
  gate({ from, to, measurement, information }: Edge): GatedLoop | undefined {
    return this.#arenas.during(() => {
      const marginals = recoverMarginals(this.#graph.graph, { arenas: this.#arenas });
      if (!isMarginals(marginals)) return undefined;
      return gateLoop(marginals, { from, to, measurement, information }, this.#quantile);
    });
  }

  /** Takes a loop into account in the next choice. */
  addLoop(edge: Edge): void {
    this.#loops.push({ edge, handle: undefined, isContrary: false });
  }

  /** Compares the last loops with each other, believes those that agree, and goes to the optimum. */
  choose(): Choice {
    const loops = this.#loops.slice(-RECENT);
    const { rejected, bound, odometryBound } = findConsistentLoops(this.#withLoops(loops), { quantile: this.#quantile });
    const first = this.#odometry.length;
    const contradiction = new Map(rejected.map((loop) => [loops[loop.edge - first], loop]));
    const support = this.#supportOf(loops.filter((loop) => !contradiction.has(loop)));
    const [added, removed, contrary]: [LoopEnds[], LoopEnds[], Contrary[]] = [[], [], []];
    for (const loop of loops) {
      const against = contradiction.get(loop);
      const ends = { from: loop.edge.from, to: loop.edge.to };
      const isBelieved = against === undefined && support(loop) >= this.#leastLoops;
      if (isBelieved && loop.handle === undefined) {
        loop.handle = this.#graph.addEdge(loop.edge);
        added.push(ends);
      } else if (against !== undefined && loop.handle !== undefined) {
        this.#graph.removeEdge(loop.handle);
        loop.handle = undefined;
        removed.push(ends);
      }
      if (against !== undefined && !loop.isContrary) {
        contrary.push({ ...ends, squared: against.squared, bound: against.against === "odometry" ? odometryBound : bound });
      }
      loop.isContrary = against !== undefined;
    }
    const changed = added.length + removed.length > 0;
    return { added, removed, contrary, ...(changed && { report: this.#graph.update() }) };
  }

  /**
   * How many of these loops vouch for one of them: all, where odometry ties its ends; where it was lost in between, those between the same two stretches, since all others agree with it whatever it says.
   */
  #supportOf(loops: readonly Loop[]): (loop: Loop) => number {
    const between = ({ edge: { from, to } }: Loop): string => {
      const [first, last] = [this.#stretch[from], this.#stretch[to]];
      return first === last ? "tied" : `${first} ${last}`;
    };
    const counts = new Map<string, number>();
    for (const loop of loops) counts.set(between(loop), (counts.get(between(loop)) ?? 0) + 1);
    return (loop) => counts.get(between(loop)) ?? 0;
  }

  /** Loops that are in the graph, and those that contradict nothing and are not. */
  get believed(): readonly LoopEnds[] {
    return this.#loops.filter(({ handle }) => handle !== undefined).map(({ edge: { from, to } }) => ({ from, to }));
  }

  get unsupported(): readonly LoopEnds[] {
    return this.#loops
      .filter(({ handle, isContrary }) => handle === undefined && !isContrary)
      .map(({ edge: { from, to } }) => ({ from, to }));
  }

  /** All odometry and these loops, odometry first. */
  #withLoops(loops: readonly Loop[]): PoseGraph {
    const edges = [...this.#odometry, ...loops.map(({ edge }) => edge)];
    const { poses, ids, known, fixed } = this.#graph.graph;
    const upper = informationSize({ dimension: 3 });
    const measurements = new Float64Array(SIZE * edges.length);
    const information = new Float64Array(upper * edges.length);
    for (const [e, edge] of edges.entries()) {
      measurements.set(edge.measurement, SIZE * e);
      information.set(edge.information, upper * e);
    }
    return {
      dimension: 3,
      ids,
      poses,
      known,
      from: Int32Array.from(edges, ({ from }) => from),
      to: Int32Array.from(edges, ({ to }) => to),
      measurements,
      information,
      fixed,
    };
  }
}
