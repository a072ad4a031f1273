import { checkChoice, OptionError } from "@slam/errors";
import {
  cauchy,
  dcs,
  gemanMcClure,
  huber,
  type Loss,
  type MinimizeOptions,
  type RobustProblem,
  type Run,
  start,
  startStages,
  truncated,
  tukey,
} from "@slam/nlls";
import type { CostName } from "./cost-conventions.ts";
import { graduate } from "./graduate.ts";
import { poseDof } from "./graph.ts";
import type { BsrJacobian } from "./jacobian.ts";
import { isLoop } from "./loops.ts";
import { chanceBound, defaultBound } from "./loss-bounds.ts";
import type { PoseGraphProblem } from "./problem.ts";
import { robustProblem } from "./robust-problem.ts";

/** "gnc-tls" and "gnc-gm" are truncated least squares and Geman-McClure's loss, reached by graduated non-convexity. */
export type LossName = "huber" | "cauchy" | "geman-mcclure" | "tukey" | "dcs" | "switchable" | "gnc-tls" | "gnc-gm";

const LOSSES: { readonly [name in LossName]: (C: number) => Loss } = {
  huber: huber,
  cauchy: cauchy,
  "geman-mcclure": gemanMcClure,
  tukey: tukey,
  dcs: dcs,
  // Switches at their minimum leave this of the edge and the switch's prior.
  switchable: gemanMcClure,
  "gnc-tls": truncated,
  "gnc-gm": gemanMcClure,
};

/** What each edge costs in place of e'We. */
export interface LossOptions {
  /** One of the names, or a loss of your own as a function of C, such as `huber` of `@slam/nlls`. */
  readonly loss: LossName | ((C: number) => Loss);
  /** Bounds the whitened norm sqrt(e'We) of an edge that is believed. Default: what 99 % of measurements keep to that are as good as they say. */
  readonly C?: number;
  /** "loops": the edges between poses that follow each other in the order of ids have none. Default "all". */
  readonly on?: "all" | "loops";
}

/** An edge that is taken to be false, by its number in the graph and the ids of its poses. */
export interface RejectedEdge {
  readonly edge: number;
  readonly from: number;
  readonly to: number;
  /** rho'(e'We): 0 where nothing of it is left. */
  readonly weight: number;
}

/** What a loss made of a graph. */
export interface LossReport {
  /** The loss's name, or that of its function. */
  readonly name: string;
  readonly C: number;
  readonly on: "all" | "loops";
  /** sum e'We of the final poses over all edges and other factors, which is not what was minimised. */
  readonly chi2: number;
  /** Edges with a loss whose whitened norm is beyond C, honest ones with bad luck among them. */
  readonly beyondC: number;
  /**
   * The whitened norm from which on an edge is rejected: C where it was given. By default larger, since of thousands of honest measurements some are beyond
   * C: what hardly one graph in a hundred has an honest measurement beyond.
   */
  readonly rejectedFrom: number;
  readonly rejected: readonly RejectedEdge[];
}

/** Whether a loss is reached through others. */
export function isGraduated(loss: LossOptions["loss"]): boolean {
  return loss === "gnc-tls" || loss === "gnc-gm";
}

/** A pose graph with a loss on its edges. */
export class RobustGraph {
  readonly #problem: PoseGraphProblem;
  readonly #goal: RobustProblem<Float64Array, BsrJacobian>;
  readonly #loss: Loss;
  readonly #name: string;
  readonly #C: number;
  readonly #rejectedFrom: number;
  readonly #on: "all" | "loops";
  readonly #isGraduated: boolean;

  /**
   * @param cost what the edges cost without it.
   * @throws OptionError for a name, a C or an `on` that there is not, and for any cost but g2o's: C bounds its whitened norm.
   */
  constructor(problem: PoseGraphProblem, { loss, C: given, on = "all" }: LossOptions, cost: CostName = "g2o") {
    if (cost !== "g2o") throw new OptionError("cost", { expected: "g2o with a robust loss", actual: cost });
    checkChoice("loss on", on, ["all", "loops"]);
    if (typeof loss === "string") checkChoice("loss", loss, Object.keys(LOSSES) as LossName[]);
    const dof = poseDof(problem.graph);
    const C = given ?? defaultBound(dof);
    this.#problem = problem;
    this.#loss = typeof loss === "string" ? LOSSES[loss](C) : loss(C);
    this.#name = typeof loss === "string" ? loss : loss.name;
    this.#C = C;
    this.#rejectedFrom = given ?? chanceBound(dof, problem.graph.from.length);
    this.#on = on;
    this.#isGraduated = isGraduated(loss);
    this.#goal = robustProblem(problem, (edge) => (this.#hasLoss(edge) ? this.#loss : undefined), problem.arenas);
  }

  /** sum rho(e'We), and e'We of edges without a loss. */
  cost(x: Float64Array): number {
    return this.#goal.cost(x) * this.#goal.costScale;
  }

  start(x0: Float64Array, options: MinimizeOptions<BsrJacobian>): Run<Float64Array> {
    if (!this.#isGraduated) return start(this.#goal, x0, options);
    return startStages(this.#goal, x0, graduate(this.#problem, this.#goal, this.#C, x0), options);
  }

  report(x: Float64Array): LossReport {
    const { ids, from, to } = this.#problem.graph;
    const squares = this.#goal.squaredNorms(x);
    const rejected: RejectedEdge[] = [];
    let chi2 = 0;
    let beyondC = 0;
    for (const [edge, square] of squares.entries()) {
      chi2 += square;
      if (edge >= from.length || !this.#hasLoss(edge) || square <= this.#C ** 2) continue;
      beyondC++;
      if (square <= this.#rejectedFrom ** 2) continue;
      rejected.push({ edge, from: ids[from[edge]], to: ids[to[edge]], weight: this.#loss.weight(square) });
    }
    return { name: this.#name, C: this.#C, on: this.#on, chi2, beyondC, rejectedFrom: this.#rejectedFrom, rejected };
  }

  #hasLoss(edge: number): boolean {
    return this.#on === "all" || isLoop(this.#problem.graph, edge);
  }
}
