// Vector kernels against plain loops, in one run and alternately: node --conditions=@slam/source packages/wasm/bench/vectors.ts
import { type FP32, type FP64, fp32, fp64, operationFormat, type Vec } from "@slam/float";
import { Arena, type ArenaSpace, arenaSpace } from "@slam/wasm";

const KB = 1024;
const PASSES = 9;

type Space<P extends FP64 | FP32> = Pick<ArenaSpace<P>, "dot" | "axpy">;

const loops64: Space<FP64> = {
  dot(x, y) {
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
    return sum;
  },
  axpy(alpha, x, y) {
    for (let i = 0; i < x.length; i++) y[i] += alpha * x[i];
  },
};

const loops32: Space<FP32> = {
  dot(x, y) {
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum = Math.fround(sum + Math.fround(x[i] * y[i]));
    return sum;
  },
  axpy(alpha, x, y) {
    const a = Math.fround(alpha);
    for (let i = 0; i < x.length; i++) y[i] = Math.fround(y[i] + Math.fround(a * x[i]));
  },
};

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1];
}

function compare<P extends FP64 | FP32>(P: P, loops: Space<P>): void {
  const arena = new Arena(256 * KB * KB);
  const counters = { events: { overflows: 0, flushed: 0 }, work: { count: () => {} } };
  const space = arenaSpace(arena, operationFormat(P), counters);
  for (const bytes of [32 * KB, 256 * KB, 4 * KB * KB, 64 * KB * KB]) {
    const n = bytes / P.Storage.BYTES_PER_ELEMENT;
    const mark = arena.mark();
    const [x, y] = [space.zeros(n), space.zeros(n)] as [Vec<P> & Float64Array, Vec<P> & Float64Array];
    for (let i = 0; i < n; i++) {
      x[i] = Math.sin(i);
      y[i] = Math.cos(i);
    }
    const repeats = Math.ceil((64 * KB * KB) / bytes);
    const time = (run: () => void): number => {
      const start = performance.now();
      for (let r = 0; r < repeats; r++) run();
      return (performance.now() - start) / repeats;
    };
    for (const [name, vectors, run] of [
      ["dot", 2, (s: Space<P>) => void s.dot(x, y)],
      ["axpy", 3, (s: Space<P>) => s.axpy(1e-9, x, y)],
    ] as const) {
      const pairs = Array.from({ length: PASSES }, () => [time(() => run(space)), time(() => run(loops))] as const);
      const engine = median(pairs.map(([e]) => e));
      const ratio = median(pairs.map(([e, l]) => l / e));
      const gigabytes = (vectors * bytes) / engine / 1e6;
      console.log(
        `${P.name} ${name.padEnd(4)} ${String(bytes / KB).padStart(6)} KB  ${gigabytes.toFixed(1).padStart(5)} GB/s  ${ratio.toFixed(1)} x`,
      );
    }
    arena.release(mark);
  }
}

compare(fp64, loops64);
compare(fp32, loops32);
