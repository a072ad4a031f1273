import { readG2o, solve } from "@slam/pgo";

// Three sides of a square of 1 m, and the fourth, which ends 10 cm from where it began.
const text = `
EDGE_SE2 0 1  1 0 1.5708    100 0 0 100 0 400
EDGE_SE2 1 2  1 0 1.5708    100 0 0 100 0 400
EDGE_SE2 2 3  1 0 1.5708    100 0 0 100 0 400
EDGE_SE2 3 0  1.1 0 1.5708  100 0 0 100 0 400`;
const { graph } = readG2o(new TextEncoder().encode(text), "square.g2o");
const { report } = await solve(graph);
console.log(`${report.termination}: chi2 ${report.cost.initial.toFixed(4)} -> ${report.cost.final.toFixed(4)}`);
