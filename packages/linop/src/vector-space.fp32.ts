import { checkLength } from "@slam/errors";
import { type FP32, fp32, operationFormat, type RoundingEvents, zeros } from "@slam/float";
import { CHUNK } from "./vector-space.reference.ts";
import type { SpaceCounters, VectorSpace } from "./vector-space.ts";

const f = Math.fround;

/** The reference's vectors in fp32, as plain loops: `f` after each operation gives the same bits. */
export function fp32Space({ events, work }: SpaceCounters): VectorSpace<FP32> {
  const count = (n: number, flops: number, vectors: number): void => work.count("vectors", "fp32", flops * n, "fp32", 4 * vectors * n);
  return {
    format: operationFormat(fp32),
    events,
    zeros: (n) => zeros(fp32, n),
    dot(x, y) {
      checkLength("dot: y", y.length, x.length);
      let sum = 0;
      for (let from = 0; from < x.length; from += CHUNK) sum = f(sum + chunkDot(x, y, from, Math.min(from + CHUNK, x.length)));
      count(x.length, 2, 2);
      return sum;
    },
    axpy(alpha, x, y) {
      checkLength("axpy: y", y.length, x.length);
      const a = f(alpha);
      for (let i = 0; i < x.length; i++) store(y, i, f(y[i] + f(a * x[i])), events);
      count(x.length, 2, 3);
    },
    xpby(x, beta, y) {
      checkLength("xpby: y", y.length, x.length);
      const b = f(beta);
      for (let i = 0; i < x.length; i++) store(y, i, f(x[i] + f(b * y[i])), events);
      count(x.length, 2, 3);
    },
    diagonalAxpy(d, x, y) {
      checkLength("diagonalAxpy: d", d.length, x.length);
      checkLength("diagonalAxpy: y", y.length, x.length);
      for (let i = 0; i < x.length; i++) store(y, i, f(y[i] + f(d[i] * x[i])), events);
      count(x.length, 2, 4);
    },
  };
}

function chunkDot(x: Float32Array, y: Float32Array, from: number, to: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let s4 = 0;
  let s5 = 0;
  let s6 = 0;
  let s7 = 0;
  let i = from;
  for (; i + 8 <= to; i += 8) {
    s0 = f(s0 + f(x[i] * y[i]));
    s1 = f(s1 + f(x[i + 1] * y[i + 1]));
    s2 = f(s2 + f(x[i + 2] * y[i + 2]));
    s3 = f(s3 + f(x[i + 3] * y[i + 3]));
    s4 = f(s4 + f(x[i + 4] * y[i + 4]));
    s5 = f(s5 + f(x[i + 5] * y[i + 5]));
    s6 = f(s6 + f(x[i + 6] * y[i + 6]));
    s7 = f(s7 + f(x[i + 7] * y[i + 7]));
  }
  if (i < to) s0 = f(s0 + f(x[i] * y[i]));
  if (i + 1 < to) s1 = f(s1 + f(x[i + 1] * y[i + 1]));
  if (i + 2 < to) s2 = f(s2 + f(x[i + 2] * y[i + 2]));
  if (i + 3 < to) s3 = f(s3 + f(x[i + 3] * y[i + 3]));
  if (i + 4 < to) s4 = f(s4 + f(x[i + 4] * y[i + 4]));
  if (i + 5 < to) s5 = f(s5 + f(x[i + 5] * y[i + 5]));
  if (i + 6 < to) s6 = f(s6 + f(x[i + 6] * y[i + 6]));
  return f(f(f(s0 + s4) + f(s2 + s6)) + f(f(s1 + s5) + f(s3 + s7)));
}

function store(y: Float32Array, i: number, value: number, events: RoundingEvents): void {
  if (value === Infinity || value === -Infinity) events.overflows++;
  y[i] = value;
}
