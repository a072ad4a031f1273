import type { AnyPrecision } from "@slam/float";
import type { LinearOperator, Preconditioner } from "./operator.ts";
import type { Operation } from "./work.ts";

/** Seconds by operation, of a wall clock: for reports, which no decision rests on. What is not there was not timed. */
export type OperationSeconds = { [operation in Operation]?: number };

/** seconds[operation] grows by what has passed since `began`, a reading of `performance.now()`. */
export function addSeconds(seconds: OperationSeconds, operation: Operation, began: number): void {
  seconds[operation] = (seconds[operation] ?? 0) + (performance.now() - began) / 1000;
}

/** A, whose products add what they take to seconds[operation]; two readings of the clock a product. */
export function timedOperator<P extends AnyPrecision>(
  A: LinearOperator<P>,
  operation: Operation,
  seconds: OperationSeconds,
): LinearOperator<P> {
  const { rows, cols, space, storage, multiplyNormal, applyNormal } = A;
  return {
    rows,
    cols,
    space,
    storage,
    multiply(x, y) {
      const began = performance.now();
      A.multiply(x, y);
      addSeconds(seconds, operation, began);
    },
    multiplyTransposed(x, y) {
      const began = performance.now();
      A.multiplyTransposed(x, y);
      addSeconds(seconds, operation, began);
    },
    ...(multiplyNormal && {
      multiplyNormal(x, q, w) {
        const began = performance.now();
        multiplyNormal.call(A, x, q, w);
        addSeconds(seconds, operation, began);
      },
    }),
    ...(applyNormal && {
      applyNormal(x, d, w) {
        const began = performance.now();
        const square = applyNormal.call(A, x, d, w);
        addSeconds(seconds, operation, began);
        return square;
      },
    }),
  };
}

/** M, whose applications add what they take to seconds.precondition. */
export function timedPreconditioner<P extends AnyPrecision>(M: Preconditioner<P>, seconds: OperationSeconds): Preconditioner<P> {
  const { size, space, storage } = M;
  return {
    size,
    space,
    storage,
    apply(r, z) {
      const began = performance.now();
      M.apply(r, z);
      addSeconds(seconds, "precondition", began);
    },
  };
}
