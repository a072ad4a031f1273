import { checkLength } from "@slam/errors";
import { type AnyPrecision, type OperationFormat, type Storage, storeCounted, zeros } from "@slam/float";
import type { SpaceCounters, VectorSpace } from "./vector-space.ts";

/** Elements of a dot product summed before the chunks' sums are. */
export const CHUNK = 4096;

/** The definition of right for vectors in any format: every operation goes through the format's own arithmetic. */
export function referenceSpace<P extends AnyPrecision>(format: OperationFormat<P>, counters: SpaceCounters): VectorSpace<P> {
  const P: AnyPrecision = format.storage;
  const A = format.arithmetic;
  const { events, work } = counters;
  const bytes = P.Storage.BYTES_PER_ELEMENT;
  const load = (x: Storage, i: number): number => A.round(P.load(x, i));
  const count = (n: number, flops: number, vectors: number): void => work.count("vectors", A.name, flops * n, P.name, vectors * n * bytes);

  function chunkDot(x: Storage, y: Storage, from: number, to: number): number {
    const s = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let i = from; i < to; i++) {
      const lane = (i - from) % 8;
      s[lane] = A.add(s[lane], A.mul(load(x, i), load(y, i)));
    }
    const t = [0, 1, 2, 3].map((k) => A.add(s[k], s[k + 4]));
    return A.add(A.add(t[0], t[2]), A.add(t[1], t[3]));
  }

  function dot(x: Storage, y: Storage): number {
    checkLength("dot: y", y.length, x.length);
    let sum = 0;
    for (let from = 0; from < x.length; from += CHUNK) sum = A.add(sum, chunkDot(x, y, from, Math.min(from + CHUNK, x.length)));
    count(x.length, 2, 2);
    return sum;
  }

  function axpy(alpha: number, x: Storage, y: Storage): void {
    checkLength("axpy: y", y.length, x.length);
    const a = A.round(alpha);
    for (let i = 0; i < x.length; i++) storeCounted(P, y, i, A.add(load(y, i), A.mul(a, load(x, i))), events);
    count(x.length, 2, 3);
  }

  function xpby(x: Storage, beta: number, y: Storage): void {
    checkLength("xpby: y", y.length, x.length);
    const b = A.round(beta);
    for (let i = 0; i < x.length; i++) storeCounted(P, y, i, A.add(load(x, i), A.mul(b, load(y, i))), events);
    count(x.length, 2, 3);
  }

  function diagonalAxpy(d: Storage, x: Storage, y: Storage): void {
    checkLength("diagonalAxpy: d", d.length, x.length);
    checkLength("diagonalAxpy: y", y.length, x.length);
    for (let i = 0; i < x.length; i++) storeCounted(P, y, i, A.add(load(y, i), A.mul(load(d, i), load(x, i))), events);
    count(x.length, 2, 4);
  }

  return {
    format,
    events,
    zeros: (n) => zeros(format.storage, n),
    dot: (x, y) => dot(x as Storage, y as Storage),
    axpy: (alpha, x, y) => axpy(alpha, x as Storage, y as Storage),
    xpby: (x, beta, y) => xpby(x as Storage, beta, y as Storage),
    diagonalAxpy: (d, x, y) => diagonalAxpy(d as Storage, x as Storage, y as Storage),
  };
}
