import type { BundleLossName } from "@slam/ba";
import type { LossName } from "@slam/pgo";

/** What --loss of a pose graph takes. */
export const LOSSES: readonly (LossName | "none")[] = [
  "none",
  "huber",
  "cauchy",
  "geman-mcclure",
  "tukey",
  "dcs",
  "switchable",
  "gnc-tls",
  "gnc-gm",
];

/** What --loss of a bundle takes. */
export const BUNDLE_LOSSES: readonly (BundleLossName | "none")[] = ["none", "huber", "cauchy", "soft-l1"];
