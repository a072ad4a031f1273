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

function narrow(x: Float64Array, y: Float32Array, events: RoundingEvents): void {
  let overflows = 0;
  let flushed = 0;
  for (let i = 0; i < x.length; i++) {
    const value = x[i];
    const rounded = Math.fround(value);
    y[i] = rounded;
    if (rounded === Infinity || rounded === -Infinity) overflows++;
    else if (rounded === 0 && value !== 0) flushed++;
  }
  events.overflows += overflows;
  events.flushed += flushed;
}

/** Into the same format or from fp32 into fp64: exact. */
function keep(x: Float, y: Float, events: RoundingEvents): void {
  let overflows = 0;
  for (let i = 0; i < x.length; i++) {
    const value = x[i];
    y[i] = value;
    if (value === Infinity || value === -Infinity) overflows++;
  }
  events.overflows += overflows;
}
