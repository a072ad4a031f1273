import { checkNumber } from "@slam/errors";

/** Pose numbers: reference[k] goes with estimate[k]. */
export interface Association {
  readonly reference: Int32Array;
  readonly estimate: Int32Array;
}

/**
 * Pairs poses by time, as evo does: each pose of the trajectory with fewer (the estimate, where both have as many) goes with the nearest in
 * time of the other, of equally near ones the one first in the list, if they are at most `maxDifference` apart. A pose of the longer may serve twice.
 *
 * @param reference timestamps in seconds, in any order.
 * @param estimate timestamps in seconds, in any order; its order is the order of the pairs where it is the shorter.
 * @param maxDifference seconds. Default 0.01.
 * @throws OptionError for a negative difference.
 */
export function associate(reference: Float64Array, estimate: Float64Array, maxDifference: number = 0.01): Association {
  checkNumber("associate: maxDifference", maxDifference, 0);
  if (estimate.length > reference.length) {
    const [ofReference, ofEstimate] = nearest(reference, estimate, maxDifference);
    return { reference: ofReference, estimate: ofEstimate };
  }
  const [ofEstimate, ofReference] = nearest(estimate, reference, maxDifference);
  return { reference: ofReference, estimate: ofEstimate };
}

function nearest(short: Float64Array, long: Float64Array, maxDifference: number): [short: Int32Array, long: Int32Array] {
  const order = Int32Array.from(long, (_, i) => i).sort((i, j) => long[i] - long[j] || i - j);
  const sorted = Float64Array.from(order, (i) => long[i]);
  const pairs: [number, number][] = [];
  short.forEach((time, i) => {
    const after = lowerBound(sorted, time);
    // Of equal timestamps the first: where the search for that very time ends.
    const before = after === 0 ? 0 : lowerBound(sorted, sorted[after - 1]);
    const ahead = after < sorted.length ? sorted[after] - time : Number.POSITIVE_INFINITY;
    const behind = Math.abs(time - sorted[before]);
    const k = behind < ahead || (behind === ahead && order[before] < order[after]) ? before : after;
    if (Math.min(behind, ahead) <= maxDifference) pairs.push([i, order[k]]);
  });
  return [Int32Array.from(pairs, ([i]) => i), Int32Array.from(pairs, ([, j]) => j)];
}

/** The number of elements below x. */
function lowerBound(sorted: Float64Array, x: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
