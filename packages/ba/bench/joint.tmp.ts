import { bf16, fp16, fp32, fp64, operationFormat } from "@slam/float";
import { Work } from "@slam/linop";
import { JointRows, jointRowsBytes, packedBsr, packedBytes, packPattern, bsrPattern } from "@slam/sparse";
import { arenaSpace, ArenaPool } from "@slam/wasm";
for (const n of [200000, 300000, 500000, 1500000]) {
  const m = Math.ceil(n / 4);
  const pat = (c: number, cols: number, of: (i: number) => number) => bsrPattern({ blockRows: n, blockCols: cols, r: 2, c, rowPtr: Int32Array.from({ length: n + 1 }, (_, i) => i), colIdx: Int32Array.from({ length: n }, (_, i) => of(i)) });
  const cams = n > 100000 ? 400 : 16;
  const pats = [pat(9, cams, (i) => (i % 4) * (cams / 4) + (Math.floor(i / 4) * 7) % (cams / 4)), pat(3, m, (i) => Math.floor(i / 4))];
  const time: Record<string, () => void> = {};
  for (const [P, A] of [[fp32, fp32], [fp16, fp32], [bf16, fp32], [fp64, fp64]] as any) {
    const arena = new ArenaPool().take(pats.reduce((s, p) => s + packedBytes(p, fp32), jointRowsBytes(pats, P)) + 64 * (9 * cams + 3 * m) + 1e6);
    const space = arenaSpace<any>(arena, operationFormat<any>(A), { events: { overflows: 0, flushed: 0 }, work: new Work() });
    const src = pats.map((p) => { const b = packedBsr(packPattern(p, arena), fp32); const v = b.values as any; for (let k = 0; k < v.length; k++) v[k] = Math.sin(k * 0.37); return b; });
    const j = new JointRows(src.map((s) => s.structure), P);
    const cols = 9 * cams + 3 * m;
    j.replaceScaled(src, new Float64Array(cols).fill(1), { overflows: 0, flushed: 0 });
    const [x, w, d] = [0, 1, 2].map(() => space.zeros(cols) as any);
    for (let k = 0; k < cols; k++) { x[k] = Math.sin(k); d[k] = 1e-3; }
    const op = j.operator(space);
    time[`${P.name}/${A.name} ${(op as any, j.bytes / 1e6).toFixed(1)}MB`] = () => op.applyNormal!(x, d, w);
  }
  const reps = Math.max(1, Math.round(8e6 / n / 10));
  for (const f of Object.values(time)) for (let k = 0; k < Math.max(20, reps); k++) f();
  const t: Record<string, number[]> = {};
  for (let turn = 0; turn < 11; turn++) for (const [k, f] of Object.entries(time)) { const s = process.cpuUsage(); const s0 = performance.now(); for (let q = 0; q < reps; q++) f(); const e = performance.now() - s0; (t[k] ??= []).push((1e6 * e) / reps / n); }
  for (const [k, v] of Object.entries(t)) console.log(n, k, v.sort((a, b) => a - b)[5].toFixed(2), "ns/obs", v[0].toFixed(2), "least");
}
