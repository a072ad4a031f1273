// The covariances of all poses at the optimum beside the factorisation of the same J'J in fp64 that they begin from, alternately in one run:
//   node --conditions=@slam/source packages/pgo/bench/covariance.ts [graph ...]
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { fp64, operationFormat } from "@slam/float";
import { analyzeCholesky, choleskyWorkspace, factorize, isFactor } from "@slam/ichol";
import { isMarginals, PoseGraphProblem, readG2o, recoverMarginals, solve } from "@slam/pgo";
import { jacobiScaling, normalProduct, normalSymbolic, scaleColumns } from "@slam/sparse";
import { ArenaPool } from "@slam/wasm";

const PASSES = 9;
const [, , ...named] = process.argv;
const graphs = named.length > 0 ? named : ["sphere2500", "torus3D", "city10000"];
const data = process.env.SLAM_DATA ?? join(import.meta.dirname, "../../../../shared/data");

for (const name of graphs) {
  const { graph } = readG2o(readFileSync(join(data, "pose-graphs", `${name}.g2o`)), name);
  const { graph: solved } = await solve(graph);
  const { matrix, squares } = jacobianOf(new PoseGraphProblem(solved, [0]));
  const A = normalProduct(normalSymbolic(matrix.pattern), scaleColumns(matrix, jacobiScaling(squares), fp64, { overflows: 0, flushed: 0 }));
  const symbolic = analyzeCholesky(A.pattern);
  const workspace = choleskyWorkspace(symbolic, fp64);
  const arenas = new ArenaPool();
  const times: { factorisation: number; recovery: number; diagonal: number }[] = [];
  // The first passes compile.
  for (let pass = -3; pass < PASSES; pass++) {
    const begin = cpuMilliseconds();
    if (!isFactor(factorize(symbolic, A, { maxShifts: 0, workspace }))) throw new Error("bad pivot");
    const factorised = cpuMilliseconds();
    const marginals = recoverMarginals(solved, { fixed: [0], arenas });
    if (!isMarginals(marginals)) throw new Error(`rank-deficient at ${marginals.id}`);
    const recovered = cpuMilliseconds();
    marginals.diagonal();
    const end = cpuMilliseconds();
    if (pass >= 0) times.push({ factorisation: factorised - begin, recovery: recovered - factorised, diagonal: end - recovered });
    arenas.recycle();
  }
  const median = (of: (time: (typeof times)[number]) => number): number => times.map(of).toSorted((x, y) => x - y)[PASSES >> 1];
  console.log(
    `${name}: load ${loadavg()[0].toFixed(1)}, factorisation ${median((t) => t.factorisation).toFixed(1)} ms; ` +
      `sparse inverse and block diagonal ${median((t) => t.diagonal / t.factorisation).toFixed(2)} of it, ` +
      `J, order, structure and factor before them ${median((t) => t.recovery / t.factorisation).toFixed(2)}`,
  );
}

/** On the processor: neighbours on the machine count less. */
function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function jacobianOf(problem: PoseGraphProblem) {
  const J = problem.jacobian(problem.graph.poses, operationFormat(fp64));
  return { matrix: J.matrix, squares: J.columnSquares() };
}
