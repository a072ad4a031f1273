// Prints the bytes that one iteration of CGNR on the engine allocates, for a small graph and a large one.
import { cgnr, cgnrWorkspace } from "@slam/cgnr";
import { type FP32, fp32, fp64, operationFormat, type Vec } from "@slam/float";
import { analyzeCholesky, factorize, isFactor, triangularPreconditioner } from "@slam/ichol";
import { type VectorSpace, Work } from "@slam/linop";
import { newCounters } from "@slam/nlls";
import { PoseGraphProblem } from "@slam/pgo";
import {
  type BsrMatrix,
  bsrOperator,
  jacobiScaling,
  normalProduct,
  normalSymbolic,
  packBsr,
  packedBytes,
  scaleColumns,
} from "@slam/sparse";
import { Arena, arenaSpace } from "@slam/wasm";
import { type Allocations, allocated } from "./allocated.ts";
import { sphereGraph } from "./world-graph.ts";

console.log(JSON.stringify({ small: await bytesPerIteration(100), large: await bytesPerIteration(400) }));

async function bytesPerIteration(poses: number): Promise<Allocations> {
  const solve = solver(poses);
  const iterations = 400;
  // Until what is compiled stays compiled.
  for (let k = 0; k < 12; k++) solve(iterations);
  const { bytes, sites } = await allocated(() => solve(iterations));
  return { bytes: bytes / iterations, sites };
}

/** Solves with a preconditioner far from J'J, so that there are iterations to do. */
function solver(poses: number): (iterations: number) => void {
  const graph = sphereGraph(poses);
  const problem = new PoseGraphProblem(graph, [0]);
  const jacobian = problem.jacobian(graph.poses, operationFormat(fp64));
  const { events } = newCounters();
  const J = scaleColumns(jacobian.matrix, jacobiScaling(jacobian.columnSquares()), fp32, events) as BsrMatrix<FP32>;
  const arena = new Arena(packedBytes(J.pattern, fp32) + 40 * 4 * (problem.rows + problem.cols));
  const space = arenaSpace(arena, operationFormat(fp32), { events, work: new Work() }) as VectorSpace<FP32>;
  const A = bsrOperator(packBsr(J, arena), space, { work: new Work() });
  const symbolic = normalSymbolic(J.pattern);
  const factor = factorize(analyzeCholesky(symbolic.pattern), normalProduct(symbolic, J), { shift: 10 });
  if (!isFactor(factor)) throw new Error(`no factor: pivot ${factor.pivot} in row ${factor.row}`);
  const preconditioner = triangularPreconditioner(factor, operationFormat(fp32), space, new Work());
  const workspace = cgnrWorkspace(A);
  const b = (space.zeros(problem.rows) as Vec<FP32>).fill(1);
  const x = space.zeros(problem.cols);
  return (maxIterations) => {
    x.fill(0);
    const report = cgnr(A, { b }, x, { preconditioner, workspace, rtol: 0, maxIterations });
    if (report.iterations !== maxIterations) throw new Error(report.message);
  };
}
