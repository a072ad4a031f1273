import { checkChoice, OptionError } from "@slam/errors";
import type { BetweenFactor } from "./between.ts";
import { ceresSe2, ceresSe3 } from "./between-ceres.ts";
import { chordalSe2 } from "./between-chordal.ts";
import { logSe3 } from "./between-log.ts";
import { betweenSe2 } from "./between-se2.ts";
import { betweenSe3 } from "./between-se3.ts";
import { betweenSim3 } from "./between-sim3.ts";
import { type Extras, hasExtras } from "./factors/sets.ts";
import type { PoseGraph, PoseShape } from "./graph.ts";
import { isotropicInformation } from "./isotropic-information.ts";

/**
 * A cost, by the solver whose it is. With the file's information W and E = Z^-1 Xi^-1 Xj:
 *
 * - "g2o": chi2 = sum e'We, e = [t; vec q] of E with w >= 0; in the plane [t; theta] of E, in Sim(3) Log E.
 * - "ceres": sum e'We, e = [Ri'(tj - ti) - tz; 2 vec(qz conj(conj(qi) qj))]; in the plane [Ri'(tj - ti) - tz; theta of E]. This is the residual of Ceres'
 *   examples pose_graph_3d and pose_graph_2d; Ceres prints half of the sum.
 * - "gtsam": 1/2 sum e'We, e = Log E; in the plane [t; theta] of E, GTSAM's chart unless it is built with GTSAM_SLOW_BUT_CORRECT_EXPMAP.
 * - "sesync": F = sum kappa |Rj - Ri Rz|^2 + tau |tj - ti - Ri tz|^2, isotropic: tau is the harmonic mean of the eigenvalues of W's block of
 *   translations, kappa the entry of the rotation in the plane, half such a mean in space.
 */
export type CostName = "g2o" | "ceres" | "gtsam" | "sesync";

/** A cost is scale * sum e'We. */
export interface CostConvention {
  /** For reports. */
  readonly text: string;
  readonly planar: BetweenFactor;
  readonly spatial: BetweenFactor;
  /** Of similarities; absent where the solver has none. */
  readonly similar?: BetweenFactor;
  readonly scale: 1 | 0.5;
  /** W where it is not the file's. */
  information?(graph: PoseGraph): Float64Array;
}

const CONVENTIONS: { readonly [name in CostName]: CostConvention } = {
  g2o: { text: "g2o chi2 = sum e' W e", planar: betweenSe2, spatial: betweenSe3, similar: betweenSim3, scale: 1 },
  ceres: { text: "Ceres sum e' W e, twice what it prints", planar: ceresSe2, spatial: ceresSe3, scale: 1 },
  gtsam: { text: "GTSAM error = 1/2 sum e' W e", planar: betweenSe2, spatial: logSe3, scale: 0.5 },
  sesync: {
    text: "SE-Sync F = sum kappa |Rj - Ri Rij|^2 + tau |tj - ti - Ri tij|^2",
    planar: chordalSe2,
    spatial: betweenSe3,
    scale: 1,
    information: isotropicInformation,
  },
};

export const COST_NAMES = Object.keys(CONVENTIONS) as readonly CostName[];

/** @throws OptionError for a name that is none, and for one that is not of such graphs: only g2o's says what priors, landmarks and similarities cost. */
export function costConvention(name: CostName, graph: Pick<PoseGraph, "similarity" | keyof Extras>): CostConvention {
  checkChoice("cost", name, COST_NAMES);
  if (name !== "g2o" && hasExtras(graph)) {
    throw new OptionError("cost", { expected: "g2o for a graph that has more than poses and edges", actual: name });
  }
  const convention = CONVENTIONS[name];
  if (graph.similarity !== undefined && convention.similar === undefined) {
    throw new OptionError("cost", { expected: "g2o for a graph of similarities, the only one that has an error for them", actual: name });
  }
  return convention;
}

/** The factor of the graph's edges. */
export function factorOfCost({ planar, spatial, similar }: CostConvention, { dimension, similarity }: PoseShape): BetweenFactor {
  if (similarity !== undefined) return similar as BetweenFactor;
  return dimension === 2 ? planar : spatial;
}
