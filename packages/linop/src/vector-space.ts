import type { AnyPrecision, OperationFormat, RoundingEvents, Vec } from "@slam/float";
import type { Work } from "./work.ts";

/**
 * Vectors of one format and the operations on them. The operands of one solve share a space.
 *
 * Scalars, products and sums are rounded to the arithmetic, results to the storage. Operands overlap only where they are one vector. A
 * length that does not match throws a DimensionError before anything is written.
 *
 * Sums have one written order, whoever computes them: chunks of 4096 elements in ascending order; within a chunk eight partial sums,
 * element i into sum i mod 8; then ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7)).
 */
export interface VectorSpace<P extends AnyPrecision> {
  readonly format: OperationFormat<P>;
  /** What the range of the storage did to the results stored; what a narrow arithmetic has flushed before is zero by then. */
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

/** What a space counts into. */
export interface SpaceCounters {
  readonly events: RoundingEvents;
  readonly work: Work;
}
