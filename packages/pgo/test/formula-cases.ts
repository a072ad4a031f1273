import type { CostName } from "../src/cost-conventions.ts";

/** Every error there is, by a cost that has it: in the plane "gtsam" has g2o's, in space "sesync". */
export const FORMULA_CASES: readonly { readonly dimension: 2 | 3; readonly cost: CostName }[] = [
  { dimension: 2, cost: "g2o" },
  { dimension: 2, cost: "ceres" },
  { dimension: 2, cost: "sesync" },
  { dimension: 3, cost: "g2o" },
  { dimension: 3, cost: "ceres" },
  { dimension: 3, cost: "gtsam" },
];
