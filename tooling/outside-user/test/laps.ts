import { type PoseGraph, readG2o } from "@slam/pgo";

const PER_LAP = 20;

/** Three laps of a circle of 20 steps of 1 m, each step measured a little wrong, and each pose seen again a lap later. */
export function laps(): PoseGraph {
  const poses = 3 * PER_LAP;
  const information = "400 0 0 400 0 2500";
  const lines: string[] = [];
  const error = (k: number): number => 0.05 * Math.sin(7.1 * k);
  for (let k = 1; k < poses; k++) {
    lines.push(`EDGE_SE2 ${k - 1} ${k} ${1 + error(k)} ${error(k + 0.3)} ${(2 * Math.PI) / PER_LAP + 0.4 * error(k + 0.6)} ${information}`);
    if (k >= PER_LAP) lines.push(`EDGE_SE2 ${k - PER_LAP} ${k} ${error(2 * k)} ${error(3 * k)} ${0.4 * error(5 * k)} ${information}`);
  }
  return readG2o(new TextEncoder().encode(lines.join("\n")), "laps.g2o").graph;
}
