import { checkLength, OptionError } from "@slam/errors";
import type { AnyPrecision, OperationFormat, RoundingEvents, Storage, Vec } from "@slam/float";
import type { Arena } from "./arena.ts";
import { kernels } from "./kernels.ts";
import { laneFormat } from "./lane-format.ts";
import { nameForModules } from "./module-names.ts";
import { vectorKernels } from "./vector.kernel.ts";

nameForModules("wasm", { vectorKernels });

/** Elements that one call of a kernel computes: one called often reaches the engine's optimised code early. A multiple of dot's chunk. */
const ELEMENTS_A_CALL = 16384;

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
 * @param format any with a `laneFormat`, with arithmetic in the same: fp64, fp32, and those with lanes and of at most 11 bits.
 * @throws OptionError for another format.
 */
export function arenaSpace<P extends AnyPrecision>(arena: Arena, format: OperationFormat<P>, counters: ArenaSpaceCounters): ArenaSpace<P> {
  const P: AnyPrecision = format.storage;
  if (format.arithmetic !== P || laneFormat(P) === undefined) {
    const expected = "fp64, fp32 or one with lanes and at most 11 bits, with arithmetic in the same";
    throw new OptionError("arenaSpace: format", { expected, actual: format.name });
  }
  const { events, work } = counters;
  const bytes = P.Storage.BYTES_PER_ELEMENT;
  const run = kernels(arena, vectorKernels, P);
  const count = (n: number, vectors: number): void => work.count("vectors", P.name, 2 * n, P.name, vectors * n * bytes);

  function dot(x: Storage, y: Storage): number {
    checkLength("dot: y", y.length, x.length);
    const xAt = arena.address("dot: x", x);
    const yAt = arena.address("dot: y", y);
    let sum = 0;
    for (let from = 0; from < x.length; from += ELEMENTS_A_CALL) {
      sum = run.dot(sum, xAt + from * bytes, yAt + from * bytes, Math.min(ELEMENTS_A_CALL, x.length - from));
    }
    count(x.length, 2);
    return sum;
  }

  function axpy(alpha: number, x: Storage, y: Storage): void {
    checkLength("axpy: y", y.length, x.length);
    const a = P.round(alpha);
    const xAt = arena.address("axpy: x", x);
    const yAt = arena.address("axpy: y", y);
    for (let from = 0; from < x.length; from += ELEMENTS_A_CALL) {
      events.overflows += run.axpy(a, xAt + from * bytes, yAt + from * bytes, Math.min(ELEMENTS_A_CALL, x.length - from));
    }
    count(x.length, 3);
  }

  function xpby(x: Storage, beta: number, y: Storage): void {
    checkLength("xpby: y", y.length, x.length);
    const b = P.round(beta);
    const xAt = arena.address("xpby: x", x);
    const yAt = arena.address("xpby: y", y);
    for (let from = 0; from < x.length; from += ELEMENTS_A_CALL) {
      events.overflows += run.xpby(xAt + from * bytes, b, yAt + from * bytes, Math.min(ELEMENTS_A_CALL, x.length - from));
    }
    count(x.length, 3);
  }

  function diagonalAxpy(d: Storage, x: Storage, y: Storage): void {
    checkLength("diagonalAxpy: d", d.length, x.length);
    checkLength("diagonalAxpy: y", y.length, x.length);
    const dAt = arena.address("diagonalAxpy: d", d);
    const xAt = arena.address("diagonalAxpy: x", x);
    const yAt = arena.address("diagonalAxpy: y", y);
    for (let from = 0; from < x.length; from += ELEMENTS_A_CALL) {
      const n = Math.min(ELEMENTS_A_CALL, x.length - from);
      events.overflows += run.diagonalAxpy(dAt + from * bytes, xAt + from * bytes, yAt + from * bytes, n);
    }
    count(x.length, 4);
  }

  return {
    arena,
    format,
    events,
    zeros: (n) => arena.view(format.storage, n),
    dot: (x, y) => dot(x as Storage, y as Storage),
    axpy: (alpha, x, y) => axpy(alpha, x as Storage, y as Storage),
    xpby: (x, beta, y) => xpby(x as Storage, beta, y as Storage),
    diagonalAxpy: (d, x, y) => diagonalAxpy(d as Storage, x as Storage, y as Storage),
  };
}
