import type { LossName } from "@slam/pgo";

/** What --loss takes. */
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
