import { checkLength } from "@slam/errors";
import { type AnyPrecision, fp32, fp64, type RoundingEvents, type Storage, storeCounted, type Vec } from "@slam/float";

/**
 * y <- x, each entry rounded once to y's format: `convert` of @slam/float without a new vector.
 *
 * @param x of format `from`, length n. @param y of format `to`, length n; shares no memory with x.
 * @param events counts what y's format did to the entries, as `storeCounted` does. Default: nothing is counted.
 * @throws DimensionError.
 */
export function convertInto<P extends AnyPrecision, Q extends AnyPrecision>(
  from: P,
  x: Vec<P>,
  to: Q,
  y: Vec<Q>,
  events?: RoundingEvents,
): void {
  const [source, target] = [x as Storage, y as Storage];
  checkLength("convertInto: y", target.length, source.length);
  if (!isFloat(from) || !isFloat(to)) {
    storeEach(from, source, to, target, events ?? { overflows: 0, flushed: 0 });
    return;
  }
  // The typed arrays convert by themselves, rounding as the formats do.
  target.set(source);
  if (events === undefined) return;
  if (to === (fp32 as AnyPrecision)) {
    counts.fill(0);
    countEvents(source as Float, target as Float32Array);
    events.overflows += counts[OVERFLOWS];
    events.flushed += counts[FLUSHED];
  } else events.overflows += countInfinite(target as Float64Array);
}

type Float = Float64Array | Float32Array;

function isFloat(P: AnyPrecision): boolean {
  return P === fp64 || P === fp32;
}

function storeEach(from: AnyPrecision, x: Storage, to: AnyPrecision, y: Storage, events: RoundingEvents): void {
  for (let i = 0; i < x.length; i++) storeCounted(to, y, i, from.load(x, i), events);
}

const counts = new Int32Array(2);
const [OVERFLOWS, FLUSHED] = [0, 1];

// Loops end their functions: engines throw away optimised code that leaves a loop for what has never run.

/** counts <- counts + what fp32 did to x. By integers: code that an engine has not optimised yet makes an object of each number with a fraction that it reads. */
function countEvents(x: Float, y: Float32Array): void {
  const words = new Int32Array(y.buffer, y.byteOffset, y.length);
  for (let i = 0; i < words.length; i++) {
    const magnitude = words[i] & 0x7fffffff;
    if (magnitude === 0x7f800000) counts[OVERFLOWS]++;
    else if (magnitude === 0 && x[i] !== 0) counts[FLUSHED]++;
  }
}

/** What fp64 does to numbers of fp64 and fp32. */
function countInfinite(y: Float64Array): number {
  let count = 0;
  for (let i = 0; i < y.length; i++) if (y[i] === Infinity || y[i] === -Infinity) count++;
  return count;
}
