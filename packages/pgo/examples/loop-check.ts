import { findConsistentLoops, readG2o, solve, withoutEdges } from "@slam/pgo";

// Ten steps of 1 m, each 10 cm off, and four loops 5 cm off; the third says 1.7 m too much, which odometry alone lets pass.
const steps = Array.from({ length: 10 }, (_, k) => `EDGE_SE2 ${k} ${k + 1}  1 0 0  100 0 0 100 0 1e4`);
const loops = ["0 10  10.1", "1 9  8.1", "2 10  9.7", "0 8  7.9"].map((loop) => `EDGE_SE2 ${loop} 0 0  400 0 0 400 0 1e4`);
const { graph } = readG2o(new TextEncoder().encode([...steps, ...loops].join("\n")), "corridor.g2o");
const { rejected, sets } = findConsistentLoops(graph);
for (const { from, to, disagrees, squared } of rejected) {
  console.log(`${from} - ${to} contradicts ${disagrees} loops, by ${squared.toFixed(1)}`);
}
console.log(`${sets[0]?.kept} of ${sets[0]?.loops} agree, ${sets[0]?.method}`);
const contrary = rejected.map(({ edge }) => edge);
const { report } = await solve(withoutEdges(graph, contrary));
console.log(`${report.termination}: chi2 ${report.cost.final.toFixed(2)}`);
