import { checkInteger } from "@slam/errors";
import type { AnyPrecision, Precision, Storage } from "./precision.ts";
import { type RoundingEvents, storeCounted } from "./rounding-events.ts";

declare const codesOf: unique symbol;

/**
 * A vector in the format P. `Vec<FP32>` is a `Float32Array`; formats stored as codes carry a phantom key, so that fp16 codes are never
 * taken for bf16 codes although both are a `Uint16Array`. Made by `zeros`, `asVec` and `sub`.
 */
export type Vec<P extends AnyPrecision> =
  P extends Precision<infer Name, infer S> ? (S extends Float64Array | Float32Array ? S : S & { readonly [codesOf]: Name }) : never;

/** n zeros in the format P. */
export function zeros<P extends AnyPrecision>(P: P, n: number): Vec<P> {
  checkInteger("zeros: n", n, 0);
  return new P.Storage(n) as unknown as Vec<P>;
}

/** Says that these stored elements are in the format P: no copy, no check beyond the type. */
export function asVec<P extends AnyPrecision>(_P: P, codes: P extends Precision<string, infer S> ? S : never): Vec<P> {
  return codes as unknown as Vec<P>;
}

/** A view of x[from, to): the same memory, the format kept. */
export function sub<V extends Storage>(x: V, from: number, to: number): V {
  checkInteger("sub: to", to, 0, x.length);
  checkInteger("sub: from", from, 0, to);
  return x.subarray(from, to) as V;
}

/**
 * The values of x, a vector in `from`, as a new vector in `to`; each is rounded once. The only way across formats.
 *
 * @param events counts overflows and values flushed to zero, where given.
 */
export function convert<From extends AnyPrecision, To extends AnyPrecision>(
  from: From,
  x: Vec<From>,
  to: To,
  events: RoundingEvents = { overflows: 0, flushed: 0 },
): Vec<To> {
  const source = x as Storage;
  const result = zeros(to, source.length);
  for (let i = 0; i < source.length; i++) storeCounted(to, result as Storage, i, from.load(source, i), events);
  return result;
}

/**
 * A vector in P from plain numbers; each is rounded once.
 *
 * @param events counts overflows and values flushed to zero, where given.
 */
export function pack<P extends AnyPrecision>(
  P: P,
  values: ArrayLike<number>,
  events: RoundingEvents = { overflows: 0, flushed: 0 },
): Vec<P> {
  const result = zeros(P, values.length);
  for (let i = 0; i < values.length; i++) storeCounted(P, result as Storage, i, values[i], events);
  return result;
}

/** The values of x, exactly. */
export function unpack<P extends AnyPrecision>(P: P, x: Vec<P>): Float64Array {
  const source = x as Storage;
  const result = new Float64Array(source.length);
  for (let i = 0; i < source.length; i++) result[i] = P.load(source, i);
  return result;
}
