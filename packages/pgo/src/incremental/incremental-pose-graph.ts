import { checkInteger, checkNumber, OptionError } from "@slam/errors";
import { ArenaPool } from "@slam/wasm";
import type { PoseGraph } from "../graph.ts";
import { checkedMeasurement, checkedPose, type Measurement } from "./check-measurement.ts";
import { Estimator, type UpdateReport } from "./estimator.ts";
import { snapshot } from "./snapshot.ts";
import { StoredGraph, WORLD } from "./stored-graph.ts";

export interface IncrementalPoseGraphOptions {
  readonly dimension: 2 | 3;
  /** An update goes on until the optimum is lower by at most this share of the cost. Default 5e-7. */
  readonly rtol?: number;
  /**
   * An edge stays in the factor as it is while no column of its Jacobians has changed by more than this share of its norm. Moving both poses alike changes
   * none. Default 3e-5; more saves factorisation and costs iterations.
   */
  readonly relinearize?: number;
  /** Of one update. Default 50; the next update goes on from there. */
  readonly maxIterations?: number;
  /** What the kernels' memory is taken from, once. Default a new pool. */
  readonly arenas?: ArenaPool;
}

/**
 * By what a pose comes into the graph: it is held where it is; it is measured from a pose that is there, or that pose from it; or, with neither `from` nor
 * `to`, it is measured in the world, a prior.
 */
export type Attachment =
  | { readonly pose: ArrayLike<number> }
  | (Measurement & { readonly from: number })
  | (Measurement & { readonly to: number })
  | (Measurement & { readonly from?: undefined; readonly to?: undefined });

/** A measurement of one pose from another, by their ids. */
export interface EdgeBetween extends Measurement {
  readonly from: number;
  readonly to: number;
}

/**
 * A pose graph that grows while a robot drives, and its optimum: the poses that minimise chi2, sum e'We of g2o's e, continued from the last ones.
 *
 * A pose added is where its measurement puts it, which is the optimum until something else is measured: that takes O(1) time and, on average, O(1) memory.
 * An edge between poses that are there, a loop closure, waits for `update`, as does its removal. That makes anew what the edge changes of a sparse Cholesky
 * factor kept as a tree (see `CliqueTree`), and moves poses by Gauss-Newton until the gradient says, in the energy norm of the factor, that the optimum is
 * lower by at most `rtol` of the cost. Poses, gradient and factor are in fp64.
 */
export class IncrementalPoseGraph {
  readonly dimension: 2 | 3;
  readonly #stored: StoredGraph;
  readonly #estimator: Estimator;
  /** Edges that have come and gone since the last update. */
  #added: number[] = [];
  #removed: number[] = [];

  /** @throws OptionError for options out of range, EngineError of @slam/wasm where the engine cannot run. */
  constructor(options: IncrementalPoseGraphOptions) {
    const { dimension, rtol = 5e-7, relinearize = 3e-5, maxIterations = 50, arenas = new ArenaPool() } = options;
    if (dimension !== 2 && dimension !== 3) throw new OptionError("dimension", { expected: "2 or 3", actual: dimension });
    checkNumber("rtol", rtol, 0);
    checkNumber("relinearize", relinearize, 0);
    checkInteger("maxIterations", maxIterations, 0);
    this.dimension = dimension;
    this.#stored = new StoredGraph(dimension);
    this.#estimator = new Estimator(this.#stored, { rtol, relinearize, maxIterations, arenas });
  }

  /**
   * Adds a pose: in O(1), its estimate composed when it is asked for.
   *
   * @param id a safe integer that no pose has.
   * @throws OptionError for an id that is taken, for one of a pose that is not there, and for information that is not positive definite: nothing else
   *   may ever determine the pose; DimensionError, OptionError for arrays that are not poses or information.
   */
  addPose(id: number, attachment: Attachment): void {
    const stored = this.#stored;
    checkInteger("addPose: id", id, Number.MIN_SAFE_INTEGER);
    if (stored.indexOf(id) !== undefined) throw new OptionError("addPose: id", { expected: "one that no pose has", actual: id });
    if ("pose" in attachment) {
      stored.addHeld(id, checkedPose("addPose: pose", this.dimension, attachment.pose));
      return;
    }
    const { from, to } = attachment as { readonly from?: number; readonly to?: number };
    const other = from === undefined && to === undefined ? WORLD : this.#indexOf("addPose", from ?? (to as number));
    const checked = checkedMeasurement("addPose", this.dimension, attachment, true);
    const pose = stored.addLoose(id);
    if (to === undefined) stored.addEdge(other, pose, checked);
    else stored.addEdge(pose, other, checked);
  }

  /**
   * Adds an edge between two poses, which may have others; it counts from the next update on.
   *
   * @returns what `removeEdge` takes.
   * @throws OptionError for an id that no pose has, two that are one, and information that is not positive semidefinite; DimensionError, OptionError for
   *   arrays that are not poses or information.
   */
  addEdge(edge: EdgeBetween): number {
    const from = this.#indexOf("addEdge", edge.from);
    const to = this.#indexOf("addEdge", edge.to);
    if (from === to) throw new OptionError("addEdge: to", { expected: "another pose than from's", actual: edge.to });
    return this.#add(this.#stored.addEdge(from, to, checkedMeasurement("addEdge", this.dimension, edge, false)));
  }

  /** As `addEdge`, for a measurement of a pose in the world. */
  addPrior(id: number, prior: Measurement): number {
    const pose = this.#indexOf("addPrior", id);
    return this.#add(this.#stored.addEdge(WORLD, pose, checkedMeasurement("addPrior", this.dimension, prior, false)));
  }

  /**
   * Removes what `addEdge` or `addPrior` added; the next update goes to the optimum without it.
   *
   * @throws OptionError for what neither has returned, or has been removed.
   */
  removeEdge(edge: number): void {
    const stored = this.#stored;
    const isThere = Number.isInteger(edge) && edge >= 0 && edge < stored.edgeCount && stored.removed[edge] === 0;
    if (!isThere || stored.isTreeEdge(edge)) {
      throw new OptionError("removeEdge", { expected: "what addEdge or addPrior returned, once", actual: edge });
    }
    stored.removeEdge(edge);
    const waiting = this.#added.lastIndexOf(edge);
    if (waiting >= 0) this.#added.splice(waiting, 1);
    else this.#removed.push(edge);
  }

  /** Goes to the optimum of all that has been added and not removed. Without a change since the last update that takes O(1) time. */
  update(): UpdateReport {
    const added = this.#added;
    const removed = this.#removed;
    this.#added = [];
    this.#removed = [];
    return this.#estimator.update(added, removed);
  }

  /**
   * The estimate as of the last update, [x y theta] or [x y z qx qy qz qw].
   *
   * @throws OptionError for an id that no pose has.
   */
  pose(id: number): Float64Array {
    const pose = this.#indexOf("pose", id);
    const { size } = this.#stored;
    this.#stored.bringUpToDate(pose);
    return this.#stored.poses.slice(pose * size, (pose + 1) * size);
  }

  /** A copy of all that is in it, with the estimates as of the last update; in O(n log n). */
  get graph(): PoseGraph {
    return snapshot(this.#stored);
  }

  #add(edge: number): number {
    this.#added.push(edge);
    return edge;
  }

  #indexOf(caller: string, id: number): number {
    const index = this.#stored.indexOf(id);
    if (index === undefined) throw new OptionError(`${caller}: id`, { expected: "that of a pose in the graph", actual: id });
    return index;
  }
}
