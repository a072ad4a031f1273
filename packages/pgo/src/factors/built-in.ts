import { bearingSe2 } from "./bearing-se2.ts";
import type { Factor } from "./factor.ts";
import { positionSe2 } from "./position-se2.ts";
import { positionSe3 } from "./position-se3.ts";
import { priorSe2 } from "./prior-se2.ts";
import { priorSe3 } from "./prior-se3.ts";

/** The factors of this package by the tags they have in g2o files. A graph names them so, that it stays data, which can be cloned and sent to workers. */
export type FactorTag = "EDGE_PRIOR_SE2" | "EDGE_SE2_XY" | "EDGE_BEARING_SE2_XY" | "EDGE_SE3_PRIOR" | "EDGE_SE3_TRACKXYZ";

const BUILT_IN: { readonly [tag in FactorTag]: Factor } = {
  EDGE_PRIOR_SE2: priorSe2,
  EDGE_SE2_XY: positionSe2,
  EDGE_BEARING_SE2_XY: bearingSe2,
  EDGE_SE3_PRIOR: priorSe3,
  EDGE_SE3_TRACKXYZ: positionSe3,
};

export const FACTOR_TAGS: readonly FactorTag[] = Object.keys(BUILT_IN) as FactorTag[];

export function factorOf(factor: FactorTag | Factor): Factor {
  return typeof factor === "string" ? BUILT_IN[factor] : factor;
}
