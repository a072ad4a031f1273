import { checkLength } from "@slam/errors";
import { type FP64, fp64, operationFormat, type RoundingEvents, zeros } from "@slam/float";
import { CHUNK } from "./vector-space.reference.ts";
import type { SpaceCounters, VectorSpace } from "./vector-space.ts";

/** The reference's vectors in fp64, as plain loops: the same bits. */
export function fp64Space({ events, work }: SpaceCounters): VectorSpace<FP64> {
  const count = (n: number, flops: number, vectors: number): void => work.count("vectors", "fp64", flops * n, "fp64", 8 * vectors * n);
  return {
    format: operationFormat(fp64),
    events,
    zeros: (n) => zeros(fp64, n),
    dot(x, y) {
      checkLength("dot: y", y.length, x.length);
      let sum = 0;
      for (let from = 0; from < x.length; from += CHUNK) sum += chunkDot(x, y, from, Math.min(from + CHUNK, x.length));
      count(x.length, 2, 2);
      return sum;
    },
    axpy(alpha, x, y) {
      checkLength("axpy: y", y.length, x.length);
      for (let i = 0; i < x.length; i++) store(y, i, y[i] + alpha * x[i], events);
      count(x.length, 2, 3);
    },
    xpby(x, beta, y) {
      checkLength("xpby: y", y.length, x.length);
      for (let i = 0; i < x.length; i++) store(y, i, x[i] + beta * y[i], events);
      count(x.length, 2, 3);
    },
    diagonalAxpy(d, x, y) {
      checkLength("diagonalAxpy: d", d.length, x.length);
      checkLength("diagonalAxpy: y", y.length, x.length);
      for (let i = 0; i < x.length; i++) store(y, i, y[i] + d[i] * x[i], events);
      count(x.length, 2, 4);
    },
  };
}

function chunkDot(x: Float64Array, y: Float64Array, from: number, to: number): number {
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
    s0 += x[i] * y[i];
    s1 += x[i + 1] * y[i + 1];
    s2 += x[i + 2] * y[i + 2];
    s3 += x[i + 3] * y[i + 3];
    s4 += x[i + 4] * y[i + 4];
    s5 += x[i + 5] * y[i + 5];
    s6 += x[i + 6] * y[i + 6];
    s7 += x[i + 7] * y[i + 7];
  }
  if (i < to) s0 += x[i] * y[i];
  if (i + 1 < to) s1 += x[i + 1] * y[i + 1];
  if (i + 2 < to) s2 += x[i + 2] * y[i + 2];
  if (i + 3 < to) s3 += x[i + 3] * y[i + 3];
  if (i + 4 < to) s4 += x[i + 4] * y[i + 4];
  if (i + 5 < to) s5 += x[i + 5] * y[i + 5];
  if (i + 6 < to) s6 += x[i + 6] * y[i + 6];
  return s0 + s4 + (s2 + s6) + (s1 + s5 + (s3 + s7));
}

function store(y: Float64Array, i: number, value: number, events: RoundingEvents): void {
  if (value === Infinity || value === -Infinity) events.overflows++;
  y[i] = value;
}
