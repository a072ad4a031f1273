import { readG2o, solve } from "@slam/pgo";

// One camera drives around a square of 1 m, turning left at each corner. It knows no metres, and what it takes for one shrinks by a tenth on each side, unnoticed:
// sides seem to be 1, 1.1, 1.21 and 1.331 long. Only when it is back does it see that everything is 1.331 times as large as it was.
const weights = (sigma: number): string =>
  [400, 400, 400, 100, 100, 100, sigma].flatMap((w, i) => [w, ...new Array<number>(6 - i).fill(0)]).join(" ");
const text = `
EDGE_SIM3:QUAT 0 1  1 0 0     0 0 1 1  1      ${weights(25)}
EDGE_SIM3:QUAT 1 2  1.1 0 0   0 0 1 1  1      ${weights(25)}
EDGE_SIM3:QUAT 2 3  1.21 0 0  0 0 1 1  1      ${weights(25)}
EDGE_SIM3:QUAT 3 0  1.331 0 0 0 0 1 1  1.331  ${weights(2500)}`;
const { graph } = readG2o(new TextEncoder().encode(text), "square.g2o");
const { graph: solved, report } = await solve(graph);
console.log(`${report.termination}: chi2 ${report.cost.initial.toFixed(2)} -> ${report.cost.final.toFixed(2)}`);
for (let k = 0; k < 4; k++) {
  const [x, y, , , , , , s] = solved.poses.subarray(8 * k, 8 * k + 8);
  console.log(`pose ${k} is ${Math.hypot(x, y).toFixed(2)} m from the first, its metre is ${s.toFixed(2)}`);
}
