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
import { type CostName, costConvention } from "./cost-conventions.ts";
import { factorOf } from "./factors/built-in.ts";
import { factorIds } from "./factors/sets.ts";
import { graduate } from "./graduate.ts";
import { poseDof } from "./graph.ts";
import type { BsrJacobian } from "./jacobian.ts";
import { type JudgedFactor, judgedFactors } from "./judged-factors.ts";
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

/** What each edge, and each measurement of a landmark or other factor of several variables, costs in place of e'We. A prior, of one variable, has no loss. */
export interface LossOptions {
  /** One of the names, or a loss of your own as a function of C, such as `huber` of `@slam/nlls`. */
  readonly loss: LossName | ((C: number) => Loss);
  /** Bounds the whitened norm sqrt(e'We) of a measurement that is believed. Default: what 99 % of those of its kind keep to that are as good as they say. */
  readonly C?: number;
  /** "loops": edges alone, but for those between poses that follow each other in the order of ids. Default "all". */
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

/** A measurement other than an edge that is taken to be false. */
export interface RejectedFactor {
  /** Its kind, and its number among the graph's measurements of that kind. */
  readonly tag: string;
  readonly measurement: number;
  /** The ids of the poses and landmarks that it is of. */
  readonly ids: readonly number[];
  /** As of an edge. */
  readonly weight: number;
}

/** What a loss made of a graph. */
export interface LossReport {
  /** The loss's name, or that of its function. */
  readonly name: string;
  /** Of edges; where none was given, that of other measurements is the same quantile for the length of their error. */
  readonly C: number;
  readonly on: "all" | "loops";
  /** sum e'We of the final poses over all edges and other factors, which is not what was minimised. */
  readonly chi2: number;
  /** Measurements with a loss whose whitened norm is beyond C, honest ones with bad luck among them. */
  readonly beyondC: number;
  /**
   * The whitened norm from which on an edge is rejected, and other measurements from that of theirs: C where it was given. By default larger, since of thousands of honest measurements some are beyond
   * C: what hardly one graph in a hundred has an honest measurement beyond.
   */
  readonly rejectedFrom: number;
  readonly rejected: readonly RejectedEdge[];
  readonly rejectedFactors: readonly RejectedFactor[];
}

/** Whether a loss is reached through others. */
export function isGraduated(loss: LossOptions["loss"]): boolean {
  return loss === "gnc-tls" || loss === "gnc-gm";
}

/** A pose graph with a loss on its measurements. */
export class RobustGraph {
  readonly #problem: PoseGraphProblem;
  readonly #goal: RobustProblem<Float64Array, BsrJacobian>;
  /** Factors with a loss, by their block rows. */
  readonly #factors: ReadonlyMap<number, JudgedFactor>;
  readonly #name: string;
  /** What the cost makes of e'We. */
  readonly #scale: number;
  /** By the degrees of freedom of a measurement's error. */
  readonly #judges: ReadonlyMap<number, Judge>;
  readonly #on: "all" | "loops";
  readonly #isGraduated: boolean;

  /**
   * @param cost what the edges cost without it, scale * sum e'We; with it, scale * sum rho(e'We).
   * @throws OptionError for a name, a C or an `on` that there is not, and for SE-Sync's cost, whose weights are no noise's.
   */
  constructor(problem: PoseGraphProblem, { loss, C: given, on = "all" }: LossOptions, cost: CostName = "g2o") {
    if (cost === "sesync") throw new OptionError("cost", { expected: "g2o, ceres or gtsam with a robust loss", actual: cost });
    checkChoice("loss on", on, ["all", "loops"]);
    if (typeof loss === "string") checkChoice("loss", loss, Object.keys(LOSSES) as LossName[]);
    const { graph } = problem;
    const { scale } = costConvention(cost, graph);
    this.#problem = problem;
    this.#scale = scale;
    this.#name = typeof loss === "string" ? loss : loss.name;
    const factors = on === "all" ? judgedFactors(graph) : [];
    this.#factors = new Map(factors.map((factor) => [factor.row, factor]));
    const count = graph.from.length + factors.length;
    const dofs = new Set([poseDof(graph), ...factors.map(({ dof }) => dof)]);
    const judge = (dof: number): Judge => {
      const C = given ?? defaultBound(dof);
      const own = typeof loss === "string" ? LOSSES[loss](C) : loss(C);
      return { C, loss: scaled(own, scale), rejectedFrom: given ?? chanceBound(dof, count) };
    };
    this.#judges = new Map(Array.from(dofs, (dof) => [dof, judge(dof)]));
    this.#on = on;
    this.#isGraduated = isGraduated(loss);
    this.#goal = robustProblem(problem, (row) => this.#judgeOf(row)?.loss, problem.arenas);
  }

  /** sum rho(e'We), and e'We of edges without a loss. */
  cost(x: Float64Array): number {
    return this.#goal.cost(x) * this.#goal.costScale;
  }

  start(x0: Float64Array, options: MinimizeOptions<BsrJacobian>): Run<Float64Array> {
    if (!this.#isGraduated) return start(this.#goal, x0, options);
    const bound = (dof: number): number => Math.sqrt(this.#scale) * (this.#judges.get(dof) as Judge).C;
    return startStages(this.#goal, x0, graduate(this.#problem, this.#goal, [...this.#factors.values()], bound, x0), options);
  }

  report(x: Float64Array): LossReport {
    const { graph } = this.#problem;
    const { ids, from, to } = graph;
    const squares = this.#goal.squaredNorms(x);
    const rejected: RejectedEdge[] = [];
    const rejectedFactors: RejectedFactor[] = [];
    let chi2 = 0;
    let beyondC = 0;
    for (const [row, cost] of squares.entries()) {
      const square = cost / this.#scale;
      chi2 += square;
      const judge = this.#judgeOf(row);
      if (judge === undefined || square <= judge.C ** 2) continue;
      beyondC++;
      if (square <= judge.rejectedFrom ** 2) continue;
      const weight = judge.loss.weight(cost);
      const factor = this.#factors.get(row);
      if (factor === undefined) rejected.push({ edge: row, from: ids[from[row]], to: ids[to[row]], weight });
      else {
        const { set, measurement } = factor;
        rejectedFactors.push({ tag: factorOf(set.factor).tag, measurement, ids: factorIds(graph, set, measurement), weight });
      }
    }
    const { C, rejectedFrom } = this.#judges.get(poseDof(graph)) as Judge;
    return { name: this.#name, C, on: this.#on, chi2, beyondC, rejectedFrom, rejected, rejectedFactors };
  }

  /** Undefined where the measurement in the row has no loss. */
  #judgeOf(row: number): Judge | undefined {
    const { graph } = this.#problem;
    if (row >= graph.from.length) {
      const factor = this.#factors.get(row);
      return factor && this.#judges.get(factor.dof);
    }
    return this.#on === "all" || isLoop(graph, row) ? this.#judges.get(poseDof(graph)) : undefined;
  }
}

/** scale * rho(s) as a function of scale * s. */
function scaled(loss: Loss, scale: number): Loss {
  return { rho: (cost) => scale * loss.rho(cost / scale), weight: (cost) => loss.weight(cost / scale) };
}

/** What a loss makes of measurements with errors of so many degrees of freedom. */
interface Judge {
  readonly C: number;
  /** Of what they cost without it. */
  readonly loss: Loss;
  readonly rejectedFrom: number;
}
