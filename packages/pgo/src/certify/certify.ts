import { checkInteger } from "@slam/errors";
import { analyzeCholesky } from "@slam/ichol";
import { ArenaPool } from "@slam/wasm";
import { checkGraph, type PoseGraph } from "../graph.ts";
import { costConvention } from "../cost-conventions.ts";
import { withPoint } from "../point.ts";
import { chordalForm } from "./chordal-form.ts";
import { ExtendedFactor } from "./extended-factor.ts";
import { formMatrix, formStructure } from "./form-matrix.ts";
import { liftPoses, posesOf } from "./lift.ts";
import { CERTIFIED } from "./lower-bound.ts";
import { positionSolver } from "./position-solver.ts";
import { refusalOf } from "./refusal.ts";
import { climb, type Stair } from "./staircase.ts";

export interface CertifyOptions {
  /** Indices of poses to hold, one at most. Default the file's FIX lines; the first pose where there are none. */
  readonly fixed?: readonly number[];
  /** The rank at which the search begins. Default d, the poses themselves; d + 1 to d + 3 leaves a bad start's basin at once. */
  readonly rank?: number;
  /** The rank at which the search ends without a certificate. Default d + 5. */
  readonly maxRank?: number;
  /** Asked between iterations: true ends the search at the best poses so far. */
  readonly isStopped?: () => boolean;
  /** What the memory is taken from. Default a new pool. */
  readonly arenas?: ArenaPool;
}

/** How far the poses may be from the global optimum of SE-Sync's cost, which is the only one that this is about. */
export interface Certificate {
  /** Whether the gap is at most 1e-5 of the cost. */
  readonly certified: boolean;
  /** The cost's name and formula. */
  readonly convention: string;
  /** F at the graph. */
  readonly cost: number;
  /** F - F* is at most this, proved in fp64 with its rounding accounted for. */
  readonly gap: number;
  /** S >= this times the identity was proved, S the certificate matrix of the rank below; -Infinity where nothing was. */
  readonly eigenvalueBound: number;
  /** Of whose stationary point S is. */
  readonly rank: number;
  /** |P grad F| at the graph over sqrt(sum |grad F_e|^2), the edges' own gradients. */
  readonly gradient: number;
  /** The optimisations on the way. */
  readonly stairs: readonly Stair[];
  readonly message: string;
  /** With the poses that this is about. */
  readonly graph: PoseGraph;
}

/** Why there can be none. */
export interface CertificateRefusal {
  readonly refused: string;
}

export function isCertificate(result: Certificate | CertificateRefusal): result is Certificate {
  return "certified" in result;
}

/**
 * Refines the graph's estimates to a stationary point of SE-Sync's F = sum kappa |Rj - Ri Rij|^2 + tau |tj - ti - Ri tij|^2 and proves how far it is from the global
 * minimum F*; where that is too far, climbs the Riemannian staircase to a better one. All in fp64.
 *
 * The certificate matrix is S = Q - blockdiag(Lambda), Q of F with the positions eliminated and Lambda_k = sym((QY')_k Y_k): F - F* <= d n max(0, -lambda_min(S)). That lambda_min >= -eta is
 * proved by a Cholesky factorisation of the sparse form of S + eta I which keeps the positions, with margins for its rounding.
 *
 * @throws OptionError for options out of range, and where `checkGraph` throws.
 * @see Rosen, Carlone, Bandeira, Leonard, SE-Sync: a certifiably correct algorithm for synchronization over the special Euclidean group, IJRR 2019.
 */
export function certify(graph: PoseGraph, options: CertifyOptions = {}): Certificate | CertificateRefusal {
  checkGraph(graph);
  const d = graph.dimension;
  const { fixed = [...graph.fixed], rank = d, maxRank = d + 5, isStopped = () => false, arenas = new ArenaPool() } = options;
  for (const pose of fixed) checkInteger("fixed", pose, 0, graph.ids.length - 1);
  checkInteger("rank", rank, d, 16);
  checkInteger("maxRank", maxRank, rank, 16);
  const form = chordalForm(graph);
  const refused = refusalOf(graph, fixed, form);
  if (refused !== undefined) return { refused };
  const M = formMatrix(form, formStructure(form, false));
  const symbolic = analyzeCholesky(M.pattern);
  const system = new ExtendedFactor(form, symbolic.order, arenas);
  const placePositions = positionSolver(form, symbolic, arenas);
  const { point, bound, boundRank, stairs, stopped } = climb({ M, symbolic, system, placePositions, arenas, maxRank, isStopped }, liftPoses(graph), rank);
  const gap = Math.min(point.cost, Math.max(0, point.cost - bound.value));
  const certified = gap <= CERTIFIED * point.cost;
  return {
    certified,
    convention: costConvention("sesync", graph).text,
    cost: point.cost,
    gap,
    eigenvalueBound: -bound.eta,
    rank: boundRank,
    gradient: point.gradient,
    stairs,
    message: certified ? `globally optimal to ${(gap / point.cost).toExponential(1)} of the cost` : stopped,
    graph: withPoint(graph, posesOf(graph, point.X, fixed[0] ?? 0)),
  };
}
