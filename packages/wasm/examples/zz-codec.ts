import { Arena, i32, kernels, laneEmitter, v128, type ModuleBuilder } from "@slam/wasm";
import { fp16, fp32, bf16, e4m3, f16k, type LaneCodec } from "@slam/float";
interface K { decode(from: number, to: number, groups: number): void; encode(from: number, to: number, groups: number): void; sum(from: number, groups: number): number; round(x: number, n: number): void }
function source(m: ModuleBuilder<K>, codec: LaneCodec) {
  const parts = Array.from({ length: 32 / codec.bits }, (_, p) => p);
  m.func("decode", { from: "i32", to: "i32", groups: "i32" }, "void", (f, { from, to, groups }) => {
    const ops = laneEmitter(f);
    const end = f.let(i32.add(from, i32.shl(groups, 4)));
    f.for(from, end, 16, (p) => {
      const word = f.let(v128.load(p));
      for (const part of parts) f.store(to, codec.decode(ops, word, part), 16 * part);
      f.set(to, i32.add(to, 16 * parts.length));
    });
  });
  m.func("encode", { from: "i32", to: "i32", groups: "i32" }, "void", (f, { from, to, groups }) => {
    const ops = laneEmitter(f);
    const end = f.let(i32.add(to, i32.shl(groups, 4)));
    f.for(to, end, 16, (p) => {
      f.store(p, codec.encode(ops, parts.map((part) => f.let(v128.load(from, 16 * part)))));
      f.set(from, i32.add(from, 16 * parts.length));
    });
  });
}
const arena = new Arena(64 << 20);
const n = 16384;
const x = arena.view(fp32, n), z = arena.view(fp32, n), codes = arena.view(Uint8Array, 4 * n);
for (let i = 0; i < n; i++) x[i] = Math.sin(i) * 10;
const med = (a: number[]) => a.sort((p, q) => p - q)[a.length >> 1];
for (const codec of [fp32.lanes!, fp16.lanes!, f16k(60)!, bf16.lanes!, e4m3.lanes!]) {
  const t0 = performance.now();
  const k = kernels(arena, source, codec);
  const t1 = performance.now();
  const groups = n / (128 / codec.bits);
  const time = (go: () => void) => { const ts: number[] = []; for (let r = 0; r < 15; r++) { const t = performance.now(); for (let i = 0; i < 200; i++) go(); ts.push((performance.now() - t) * 1e6 / 200 / n); } return med(ts.slice(5)); };
  const e = time(() => k.encode(arena.address("x", x), arena.address("c", codes), groups));
  const d = time(() => k.decode(arena.address("c", codes), arena.address("z", z), groups));
  let err = 0; for (let i = 0; i < n; i++) err = Math.max(err, Math.abs(z[i] / codec.scale - x[i]));
  console.log(codec.name, "decode ns/value", d.toFixed(3), "encode", e.toFixed(3), "emit+compile ms", (t1 - t0).toFixed(2), err);
}
