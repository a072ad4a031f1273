// Incomplete factors by values: the engine beside the reference, alternately in one run, on pose graphs scaled to a diagonal of 1:
//   node --conditions=@slam/source packages/ichol/bench/threshold.ts [graph ...]
import { loadavg } from "node:os";
import { join } from "node:path";
import { type AnyPrecision, convert, fp32, fp64, type Storage } from "@slam/float";
import { analyzeCholesky, thresholdWorkspace } from "@slam/ichol";
import type { BsrMatrix } from "@slam/sparse";
import { prepareReference } from "../src/factor.reference.ts";
import { thresholdColumns } from "../src/threshold.reference.ts";
import { poseGraphMatrix } from "./pose-graph-matrix.ts";

const TURNS = 9;
const named = process.argv.slice(2);
const data = process.env.SLAM_DATA ?? join(import.meta.dirname, "../../../../shared/data");

for (const graph of named.length > 0 ? named : ["sphere2500", "torus3D"]) {
  const A = poseGraphMatrix(join(data, "pose-graphs", `${graph}.g2o`));
  scaleToUnitDiagonal(A);
  const symbolic = analyzeCholesky(A.pattern, { fill: 0 });
  for (const P of [fp64, fp32] as AnyPrecision[]) {
    const values = convert(fp64 as AnyPrecision, A.values, P) as Storage;
    const workspace = thresholdWorkspace(symbolic, P);
    const permuted = values.slice();
    const floors = new Float64Array(symbolic.n * symbolic.b);
    for (const dropTolerance of [0.003, 0.01, 0.03]) {
      const rule = { dropTolerance, maxPerColumn: Infinity };
      const reference = (): unknown => {
        prepareReference(symbolic, P, values, 0, 0, permuted, floors);
        return thresholdColumns(symbolic, P, permuted, rule);
      };
      const engine = (): ReturnType<typeof workspace.factorColumns> => workspace.factorColumns(values, 0, rule);
      const turns = Array.from({ length: TURNS + 2 }, () => [milliseconds(reference), milliseconds(engine)]).slice(2);
      const result = engine();
      if ("pivot" in result) throw new Error(`bad pivot ${result.pivot}`);
      const engineTime = median(turns.map(([, ours]) => ours));
      const rate = (2 * symbolic.b ** 3 * result.blockUpdates) / engineTime / 1e6;
      console.log(
        `${graph} ${P.name} ${dropTolerance}: load ${loadavg()[0].toFixed(1)}, ${result.L.rowIdx.length} blocks, ${result.blockUpdates} updates, ` +
          `engine ${engineTime.toFixed(1)} ms, ${rate.toFixed(1)} GFLOP/s, reference ${median(turns.map(([theirs, ours]) => theirs / ours)).toFixed(1)} times that`,
      );
    }
  }
}

/** A <- S A S, S the powers of two that bring its diagonal into [1, 4). */
function scaleToUnitDiagonal({ pattern, values }: BsrMatrix<typeof fp64>): void {
  const { blockRows, r: b, rowPtr, colIdx } = pattern;
  const scaling = new Float64Array(blockRows * b);
  for (let i = 0; i < blockRows; i++) {
    const d = (rowPtr[i + 1] - 1) * b * b;
    for (let a = 0; a < b; a++) scaling[i * b + a] = 2 ** -Math.floor(Math.log2(values[d + a * (b + 1)]) / 2);
  }
  for (let i = 0; i < blockRows; i++) {
    for (let k = rowPtr[i]; k < rowPtr[i + 1]; k++) {
      for (let e = 0; e < b * b; e++) values[k * b * b + e] *= scaling[i * b + Math.floor(e / b)] * scaling[colIdx[k] * b + (e % b)];
    }
  }
}

function milliseconds(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function median(list: readonly number[]): number {
  return list.toSorted((x, y) => x - y)[list.length >> 1];
}
