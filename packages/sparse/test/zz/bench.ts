import { type AnyPrecision, bf16, fp16, fp32, fp64, type Storage } from "@slam/float";
import { Arena, kernels } from "@slam/wasm";
import { packBsr, packedBytes, bsrOperator, type BsrMatrix } from "@slam/sparse";
import { arenaSpace } from "@slam/wasm";
import { operationFormat } from "@slam/float";
import { Work } from "@slam/linop";
import { filled, jacobianPattern } from "../../../../tooling/bench/src/patterns.ts";
import { bsrKernels as oldK } from "./spmv.kernel.ts";
import { bsrKernels as newK } from "../../src/spmv.kernel.ts";
import { plainLayout, SCALED_FP16 } from "../../src/packable.ts";

const only = process.argv[2] ?? "";
const mb = Number(process.argv[3] ?? 0.9);
const turns = Number(process.argv[4] ?? 9);
const formats: AnyPrecision[] = (process.argv[5] ?? "fp32,fp64,fp16,bf16").split(",").map((n) => ({ fp32, fp64, fp16, bf16 })[n]!);
const shapes = [[6, 6, true], [3, 3, true], [2, 6, false], [2, 3, false]] as const;
const cpu = () => { const { user, system } = process.cpuUsage(); return (user + system); };
const med = (v: number[]) => v.sort((a, b) => a - b)[v.length >> 1];
for (const [r, c, pair] of shapes) {
  if (!`${r}x${c}`.includes(only)) continue;
  const pattern = jacobianPattern({ r, c, pair }, mb);
  for (const P of formats) {
    const V = P === fp64 ? fp64 : fp32;
    const bytes = V.Storage.BYTES_PER_ELEMENT * (pattern.blockRows * r + pattern.blockCols * c);
    const arena = new Arena(packedBytes(pattern, P) + 3 * bytes + 8192);
    const A = packBsr(filled(pattern, P) as BsrMatrix<AnyPrecision>, arena);
    const layout = P === fp16 ? SCALED_FP16 : plainLayout(P);
    const zeros = (n: number) => arena.view(V.Storage as never, n) as Storage;
    const x = zeros(pattern.blockCols * c), y = zeros(pattern.blockRows * r), y2 = zeros(pattern.blockRows * r), z = zeros(pattern.blockCols * c);
    const rnd = (() => { let s = 1; return () => ((s = Math.imul(s, 1103515245) + 12345 | 0) >>> 8) / 2 ** 23 - 1; })();
    for (let i = 0; i < x.length; i++) x[i] = rnd();
    const stored = (A as any).structure;
    const values = valuesAt(A);
    const run = (K: typeof oldK, name: "multiply" | "multiplyTransposed") => {
      const k = kernels(arena, K as never, r, c, P, layout, V) as any;
      const f = k[name];
      return (out: Storage, inn: Storage) => {
        if (name === "multiplyTransposed") out.fill(0);
        for (let row = 0; row < pattern.blockRows; row += 4096) {
          const rows = Math.min(4096, pattern.blockRows - row);
          if (name === "multiply") f(stored.rowPtr.byteOffset + 4 * row, stored.colIdx.byteOffset, values, rows, inn.byteOffset, out.byteOffset + row * r * V.Storage.BYTES_PER_ELEMENT);
          else f(stored.rowPtr.byteOffset + 4 * row, stored.colIdx.byteOffset, values, rows, inn.byteOffset + row * r * V.Storage.BYTES_PER_ELEMENT, out.byteOffset);
        }
      };
    };
    for (const name of ["multiply", "multiplyTransposed"] as const) {
      const o = run(oldK, name), n = run(newK as never, name);
      const [inn, out] = name === "multiply" ? [x, y] : [y, z];
      o(out, inn); const a = out.slice(); out.fill(0); n(out, inn);
      let bad = 0; for (let i = 0; i < a.length; i++) if (!Object.is(a[i], out[i])) bad++;
      if (bad) console.log("DIFFERENT BITS", bad, a.length);
      let reps = 1;
      for (;;) { const t = cpu(); for (let i = 0; i < reps; i++) { o(out, inn); n(out, inn); } if (cpu() - t > 60000) break; reps *= 2; }
      const to: number[] = [], tn: number[] = [], q: number[] = [];
      for (let t = 0; t < turns; t++) {
        const t0 = cpu(); for (let i = 0; i < reps; i++) o(out, inn);
        const t1 = cpu(); for (let i = 0; i < reps; i++) n(out, inn);
        const t2 = cpu(); to.push((t1 - t0) / reps); tn.push((t2 - t1) / reps); q.push((t2 - t1) / (t1 - t0));
      }
      console.log(`${r}x${c} ${P.name} ${name}`.padEnd(34), med(to).toFixed(1).padStart(9), med(tn).toFixed(1).padStart(9), "us   new/old", med(q).toFixed(3));
    }
  }
}
function valuesAt(A: unknown): number { return layoutOf(A as never).address; }
import { layoutOf } from "../../src/packed-bsr.ts";
