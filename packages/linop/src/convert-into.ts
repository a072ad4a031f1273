import { checkLength } from "@slam/errors";
import { type AnyPrecision, fp32, fp64, type RoundingEvents, type Storage, storeCounted, type Vec } from "@slam/float";

/**
 * y <- x, each entry rounded once to y's format: `convert` of @slam/float without a new vector.
 *
 * @param x of format `from`, length n. @param y of format `to`, length n; shares no memory with x.
 * @param events counts what y's format did to the entries, as `storeCounted` does.
 * @throws DimensionError.
 */
export function convertInto<P extends AnyPrecision, Q extends AnyPrecision>(
  from: P,
  x: Vec<P>,
  to: Q,
  y: Vec<Q>,
  events: RoundingEvents,
): void {
  const [source, target] = [x as Storage, y as Storage];
  checkLength("convertInto: y", target.length, source.length);
  if (!isFloat(from) || !isFloat(to)) storeEach(from, source, to, target, events);
  else if (from === (fp64 as AnyPrecision) && to === (fp32 as AnyPrecision)) narrow(source as Float64Array, target as Float32Array, events);
  else keep(source as Float, target as Float, events);
}

type Float = Float64Array | Float32Array;

function isFloat(P: AnyPrecision): boolean {
  return P === fp64 || P === fp32;
}

function storeEach(from: AnyPrecision, x: Storage, to: AnyPrecision, y: Storage, events: RoundingEvents): void {
  for (let i = 0; i < x.length; i++) storeCounted(to, y, i, from.load(x, i), events);
}

// The typed arrays convert by themselves, rounding as the formats do. Loops end their functions: engines throw away optimised code that leaves a loop for
// what has never run.

function narrow(x: Float64Array, y: Float32Array, events: RoundingEvents): void {
  y.set(x);
  events.overflows += countInfinite(y);
  events.flushed += countFlushed(x, y);
}

/** Into the same format or from fp32 into fp64: exact. */
function keep(x: Float, y: Float, events: RoundingEvents): void {
  y.set(x);
  events.overflows += countInfinite(y);
}

function countInfinite(y: Float): number {
  let count = 0;
  for (let i = 0; i < y.length; i++) if (y[i] === Infinity || y[i] === -Infinity) count++;
  return count;
}

function countFlushed(x: Float64Array, y: Float32Array): number {
  let count = 0;
  for (let i = 0; i < y.length; i++) if (y[i] === 0 && x[i] !== 0) count++;
  return count;
}
