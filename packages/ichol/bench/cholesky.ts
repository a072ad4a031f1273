// Factorisation and solves beside CHOLMOD's, alternately in one run:
//   node --conditions=@slam/source packages/ichol/bench/cholesky.ts [PROGRAM [graph ...]]
// PROGRAM is what tooling/peers/build-cholmod.sh makes, by default ./cholmod.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type AnyPrecision, bf16, convert, fp16, fp32, fp64, operationFormat } from "@slam/float";
import { analyzeCholesky, choleskyWorkspace, factorize, isFactor, triangularPreconditioner, triangularWorkspace } from "@slam/ichol";
import { Work } from "@slam/linop";
import { Arena, arenaSpace } from "@slam/wasm";
import { matrixText, poseGraphMatrix } from "./pose-graph-matrix.ts";

const PASSES = 9;
const [, , program = "./cholmod", ...named] = process.argv;
const graphs = named.length > 0 ? named : ["sphere2500", "torus3D", "city10000"];
const data = process.env.SLAM_DATA ?? join(import.meta.dirname, "../../../../shared/data");

for (const graph of graphs) await compare(graph);

async function compare(graph: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "cholesky-"));
  const A = poseGraphMatrix(join(data, "pose-graphs", `${graph}.g2o`));
  writeFileSync(join(folder, "matrix.txt"), matrixText(A));
  const peer = spawn(program, [join(folder, "matrix.txt")], {
    env: { ...process.env, OPENBLAS_NUM_THREADS: "1" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<Record<string, number>> => JSON.parse(String((await answers.next()).value));
  const first = await answer();

  const start = performance.now();
  const symbolic = analyzeCholesky(A.pattern);
  const analyzed = performance.now() - start;
  const times = new Map<string, number[]>();
  const record = (what: string, seconds: number): void => void times.set(what, [...(times.get(what) ?? []), seconds * 1e3]);
  const ours = [fp64, fp32].map((P) => factorizer(A.pattern, P, record));
  for (let pass = 0; pass < PASSES; pass++) {
    peer.stdin.write("\n");
    const { factorize: numeric, solve } = await answer();
    record("CHOLMOD factor", numeric);
    record("CHOLMOD solve", solve);
    for (const run of ours) run();
  }
  peer.stdin.end();
  rmSync(folder, { recursive: true });

  const fill = (symbolic.nonzeros / first.nnz).toFixed(3);
  console.log(
    `${graph}: load ${loadavg()[0].toFixed(1)}, nnz(L) ${symbolic.nonzeros} = ${fill} of CHOLMOD's; ` +
      `analysis ${analyzed.toFixed(1)} ms cold, CHOLMOD ${(first.analyze * 1e3).toFixed(1)}`,
  );
  for (const [what, list] of times) {
    const peer = times.get(what.includes("factor") ? "CHOLMOD factor" : "CHOLMOD solve") as number[];
    const rate = what.includes("factor") ? `  ${(symbolic.flops / median(list) / 1e6).toFixed(1)} GFLOP/s` : "";
    const share = (of: (list: readonly number[]) => number): string =>
      `${of(list).toFixed(2).padStart(7)} ms ${(of(list) / of(peer)).toFixed(2)}`;
    console.log(`  ${what.padEnd(14)} median ${share(median)}  least ${share((all) => Math.min(...all))} of CHOLMOD${rate}`);
  }

  /** Factorises once per call, and solves with the factor in the formats that follow its own. */
  function factorizer(
    pattern: typeof A.pattern,
    P: typeof fp64 | typeof fp32,
    record: (what: string, seconds: number) => void,
  ): () => void {
    const matrix = { pattern, format: P as AnyPrecision, values: convert(fp64 as AnyPrecision, A.values, P as AnyPrecision) };
    const workspace = choleskyWorkspace(symbolic, P);
    const stored = (P === fp64 ? [fp64] : [fp32, fp16, bf16]).map((Q) => {
      const format = operationFormat(Q as AnyPrecision);
      return { format, inverse: triangularWorkspace(symbolic, format) };
    });
    const size = symbolic.n * symbolic.b;
    const space = arenaSpace(new Arena(4 * 8 * size), operationFormat(P as typeof fp32), {
      events: { overflows: 0, flushed: 0 },
      work: new Work(),
    });
    const [r, z] = [space.zeros(size), space.zeros(size)];
    r.fill(1);
    return () => {
      const start = performance.now();
      const factor = factorize(symbolic, matrix, { workspace });
      record(`${P.name} factor`, (performance.now() - start) / 1e3);
      if (!isFactor(factor)) throw new Error(`bad pivot ${factor.pivot}`);
      for (const { format, inverse } of stored) {
        const begin = performance.now();
        const M = triangularPreconditioner(factor, format, space, undefined, inverse);
        record(`${format.name} setup`, (performance.now() - begin) / 1e3);
        M.apply(r, z);
        const from = performance.now();
        M.apply(r, z);
        record(`${format.name} solve`, (performance.now() - from) / 1e3);
      }
    };
  }
}

function median(list: readonly number[]): number {
  return list.toSorted((x, y) => x - y)[list.length >> 1];
}
