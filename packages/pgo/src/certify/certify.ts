import { checkInteger } from "@slam/errors";
import { analyzeCholesky } from "@slam/ichol";
import { ArenaPool } from "@slam/wasm";
import { costConvention } from "../cost-conventions.ts";
import { checkGraph, type PoseGraph } from "../graph.ts";
import { withPoint } from "../point.ts";
import { chordalForm, MOST_COLUMNS, roundingOf } from "./chordal-form.ts";
import { ExtendedFactor } from "./extended-factor.ts";
import { formMatrix, formStructure } from "./form-matrix.ts";
import { liftPoses, posesOf } from "./lift.ts";
import { CERTIFIED } from "./lower-bound.ts";
import { positionSolver } from "./position-solver.ts";
import { refusalOf, refusalOfKind } from "./refusal.ts";
import { type Climbed, climb, type Stair } from "./staircase.ts";

export interface CertifyOptions {
  /** Indices of poses to hold, one at most. Default the file's FIX lines; where there are none, the first pose. */
  readonly fixed?: readonly number[];
  /** The rank of the relaxation at which the search gives up. Default d + 5; d: the estimates' own basin alone. */
  readonly maxRank?: number;
  /** Asked between iterations; true ends the search, with what it has proved so far. */
  readonly isStopped?: () => boolean;
  /** What the memory is taken from. Default a new pool. */
  readonly arenas?: ArenaPool;
}

/** How far poses may be from the global optimum of SE-Sync's cost, the only one that this is about. */
export interface Certificate {
  /** The poses, and the rest of the graph given. */
  readonly graph: PoseGraph;
  /** The cost's name and formula. */
  readonly convention: string;
  /** F at these poses. */
  readonly cost: number;
  /** F - F* is proved to be at most this, in fp64 with its rounding accounted for. */
  readonly gap: number;
  /** Whether the gap is at most 1e-5 F; also where F is nothing but rounding, the measurements agreeing. */
  readonly certified: boolean;
  /** lambda_min(S) is proved to be at least this; -Infinity where all that is known is F* >= 0. */
  readonly eigenvalueBound: number;
  /** Of the stationary point whose S that is: d for the poses themselves, more for one of the relaxation. */
  readonly rank: number;
  /** Of F at the poses, projected, relative to the root of the sum of squares of the edges' gradients taken one by one. */
  readonly gradient: number;
  /** The optimisations on the way: one for poses that need no better basin. */
  readonly stairs: readonly Stair[];
  readonly message: string;
}

/** Why there can be none. */
export interface CertificateRefusal {
  readonly refused: string;
}

export function isCertificate(result: Certificate | CertificateRefusal): result is Certificate {
  return "certified" in result;
}

/**
 * Refines the graph's estimates to a stationary point of SE-Sync's F = sum kappa |Rj - Ri Rij|^2 + tau |tj - ti - Ri tij|^2 and proves how far it is from the global minimum F*;
 * where that is too far, climbs the Riemannian staircase to a better one. In fp64.
 *
 * With the positions eliminated F is tr(Y Q Y'), and with S = Q - blockdiag(Lambda), Lambda_k = sym((QY')_k Y_k), F - F* <= d n max(0, -lambda_min(S)) at a stationary point. That
 * lambda_min >= -eta is proved by a Cholesky factorisation of S + eta I in a sparse form that keeps the positions, less margins for its rounding.
 *
 * @throws OptionError for options out of range; DimensionError, OptionError where `checkGraph` does.
 * @see Rosen, Carlone, Bandeira, Leonard, SE-Sync: a certifiably correct algorithm for synchronization over the special Euclidean group, IJRR 2019.
 */
export function certify(graph: PoseGraph, options: CertifyOptions = {}): Certificate | CertificateRefusal {
  checkGraph(graph);
  const d = graph.dimension;
  const { fixed = [...graph.fixed], maxRank = d + 5, isStopped = () => false, arenas = new ArenaPool() } = options;
  for (const pose of fixed) checkInteger("certify: fixed", pose, 0, graph.ids.length - 1);
  checkInteger("certify: maxRank", maxRank, d, MOST_COLUMNS);
  const ofKind = refusalOfKind(graph, fixed);
  if (ofKind !== undefined) return { refused: ofKind };
  const form = chordalForm(graph);
  const refused = refusalOf(graph, form);
  if (refused !== undefined) return { refused };
  const M = formMatrix(form, formStructure(form, false));
  const symbolic = analyzeCholesky(M.pattern);
  const system = new ExtendedFactor(form, symbolic.order, arenas);
  const placePositions = positionSolver(form, symbolic, arenas);
  const climbed = climb({ system, M, symbolic, placePositions, arenas, maxRank, isStopped }, liftPoses(graph));
  const { point, bound, boundRank, stairs } = climbed;
  const gap = Math.min(point.cost, Math.max(0, point.cost - bound.value));
  const isExact = point.cost <= roundingOf(form, point.X, d);
  const certified = gap <= CERTIFIED * point.cost || isExact;
  return {
    graph: withPoint(graph, posesOf(graph, point.X, fixed[0] ?? 0)),
    convention: costConvention("sesync", graph).text,
    cost: point.cost,
    gap,
    certified,
    eigenvalueBound: -bound.eta,
    rank: boundRank,
    gradient: point.gradient,
    stairs,
    message: isExact ? "the measurements agree to rounding" : messageOf(climbed, gap, certified, d),
  };
}

function messageOf({ point, summit, stairs }: Climbed, gap: number, certified: boolean, d: number): string {
  const share = `within ${(gap / point.cost).toPrecision(2)} of the cost`;
  if (certified) return `globally optimal ${share}`;
  const top = stairs.reduce((most, { rank }) => Math.max(most, rank), d);
  switch (summit) {
    case "proved":
      return `${share}: the relaxation is not tight, its optimum of rank ${top} lies so far below all poses that were found`;
    case "max-rank":
      return `${share}: the search ended at rank ${top}, its eigenvalue still negative`;
    case "stopped":
      return `${share}: stopped`;
    case "unresolved":
      return `${share}: fp64's rounding lets no smaller gap be proved`;
  }
}
