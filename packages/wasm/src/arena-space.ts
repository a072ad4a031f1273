import { checkLength, OptionError } from "@slam/errors";
import { type AnyPrecision, type FP32, type FP64, fp32, fp64, type OperationFormat, type RoundingEvents, type Vec } from "@slam/float";
import type { Arena } from "./arena.ts";
import { kernels } from "./kernels.ts";
import { vectorKernels } from "./vector.kernel.ts";

/** What a space counts into: @slam/linop's SpaceCounters fit. */
export interface ArenaSpaceCounters {
  readonly events: RoundingEvents;
  readonly work: { count(operation: "vectors", arithmetic: string, flops: number, storage: string, bytes: number): void };
}

/** Vectors in an arena and the operations on them: @slam/linop's VectorSpace. */
export interface ArenaSpace<P extends AnyPrecision> {
  /** Operators on the space compute in it. */
  readonly arena: Arena;
  readonly format: OperationFormat<P>;
  readonly events: RoundingEvents;
  zeros(n: number): Vec<P>;
  /** x'y */
  dot(x: Vec<P>, y: Vec<P>): number;
  /** y <- alpha x + y */
  axpy(alpha: number, x: Vec<P>, y: Vec<P>): void;
  /** y <- x + beta y */
  xpby(x: Vec<P>, beta: number, y: Vec<P>): void;
  /** y <- y + d .* x, element by element */
  diagonalAxpy(d: Vec<P>, x: Vec<P>, y: Vec<P>): void;
}

/**
 * The space of vectors in an arena, with SIMD kernels: the bits and the counts of @slam/linop's reference.
 *
 * Vectors come from its `zeros`, or from `arena.view`: one on other memory is refused with an OptionError, before anything is written, as
 * one of another length is with a DimensionError. What is freed by `arena.release` is the caller's to know.
 *
 * @param format fp64 or fp32, with arithmetic in the same.
 * @throws OptionError for another format.
 */
export function arenaSpace<P extends FP64 | FP32>(arena: Arena, format: OperationFormat<P>, counters: ArenaSpaceCounters): ArenaSpace<P> {
  const { storage, arithmetic } = format as OperationFormat;
  if ((storage !== fp64 && storage !== fp32) || arithmetic !== storage) {
    throw new OptionError("arenaSpace: format", { expected: "fp64 or fp32, with arithmetic in the same", actual: format.name });
  }
  const { events, work } = counters;
  const { name } = storage;
  const bytes = storage.Storage.BYTES_PER_ELEMENT;
  const run = kernels(arena, vectorKernels, storage === fp64 ? "fp64" : "fp32");
  const count = (n: number, vectors: number): void => work.count("vectors", name, 2 * n, name, vectors * n * bytes);

  function dot(x: Float, y: Float): number {
    checkLength("dot: y", y.length, x.length);
    const sum = run.dot(arena.address("dot: x", x), arena.address("dot: y", y), x.length);
    count(x.length, 2);
    return sum;
  }

  function axpy(alpha: number, x: Float, y: Float): void {
    checkLength("axpy: y", y.length, x.length);
    events.overflows += run.axpy(alpha, arena.address("axpy: x", x), arena.address("axpy: y", y), x.length);
    count(x.length, 3);
  }

  function xpby(x: Float, beta: number, y: Float): void {
    checkLength("xpby: y", y.length, x.length);
    events.overflows += run.xpby(arena.address("xpby: x", x), beta, arena.address("xpby: y", y), x.length);
    count(x.length, 3);
  }

  function diagonalAxpy(d: Float, x: Float, y: Float): void {
    checkLength("diagonalAxpy: d", d.length, x.length);
    checkLength("diagonalAxpy: y", y.length, x.length);
    const at = arena.address("diagonalAxpy: d", d);
    events.overflows += run.diagonalAxpy(at, arena.address("diagonalAxpy: x", x), arena.address("diagonalAxpy: y", y), x.length);
    count(x.length, 4);
  }

  return {
    arena,
    format,
    events,
    zeros: (n) => arena.view(format.storage as P, n),
    dot: (x, y) => dot(x as Float, y as Float),
    axpy: (alpha, x, y) => axpy(alpha, x as Float, y as Float),
    xpby: (x, beta, y) => xpby(x as Float, beta, y as Float),
    diagonalAxpy: (d, x, y) => diagonalAxpy(d as Float, x as Float, y as Float),
  };
}

type Float = Float64Array | Float32Array;
