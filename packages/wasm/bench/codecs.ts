// Nanoseconds a value takes to decode to fp32 and to encode from it, in cache: node --conditions=@slam/source packages/wasm/bench/codecs.ts
import { bf16, e4m3, f16k, fp16, fp32, type LaneCodec } from "@slam/float";
import { Arena, i32, kernels, laneEmitter, type ModuleBuilder, v128 } from "@slam/wasm";

const N = 16384;
const CALLS = 200;
const PASSES = 15;

interface CodecKernels {
  decode(words: number, numbers: number): void;
  encode(numbers: number, words: number): void;
}

function codecKernels(m: ModuleBuilder<CodecKernels>, codec: LaneCodec): void {
  const parts = Array.from({ length: 32 / codec.bits }, (_, part) => part);
  const wordBytes = (N * codec.bits) / 8;
  m.func("decode", { words: "i32", numbers: "i32" }, "void", (f, { words, numbers }) => {
    f.for(words, f.let(i32.add(words, wordBytes)), 16, (p) => {
      const word = f.let(v128.load(p));
      for (const part of parts) f.store(numbers, codec.decode(laneEmitter(f), word, part), 16 * part);
      f.set(numbers, i32.add(numbers, 16 * parts.length));
    });
  });
  m.func("encode", { numbers: "i32", words: "i32" }, "void", (f, { numbers, words }) => {
    f.for(words, f.let(i32.add(words, wordBytes)), 16, (p) => {
      const read = parts.map((part) => f.let(v128.load(numbers, 16 * part)));
      f.store(p, codec.encode(laneEmitter(f), read));
      f.set(numbers, i32.add(numbers, 16 * parts.length));
    });
  });
}

const arena = new Arena(4 * 65536);
const x = arena.view(fp32, N);
const words = arena.view(fp32, N);
x.forEach((_, i) => {
  x[i] = 10 * Math.sin(i);
});
const [from, to] = [arena.address("x", x), arena.address("words", words)];

/** The least of several means: what other processes take adds to the others. */
function nanoseconds(run: () => void): string {
  const times = Array.from({ length: PASSES }, () => {
    const start = performance.now();
    for (let call = 0; call < CALLS; call++) run();
    return ((performance.now() - start) * 1e6) / CALLS / N;
  });
  return Math.min(...times).toFixed(2);
}

for (const codec of [fp32.lanes!, bf16.lanes!, f16k(60)!, fp16.lanes!, e4m3.lanes!]) {
  const { decode, encode } = kernels(arena, codecKernels, codec);
  console.log(`${codec.name.padEnd(5)} encode ${nanoseconds(() => encode(from, to))} ns  decode ${nanoseconds(() => decode(to, from))} ns`);
}
