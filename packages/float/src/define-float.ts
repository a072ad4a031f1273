import { checkInteger } from "@slam/errors";
import type { Precision, StorageConstructor } from "./precision.ts";
import { fmaToOdd, highWord, roundToBits } from "./rounding.ts";

export interface FloatDefinition<Name extends string> {
  readonly name: Name;
  /** 2 ... 10: with 11 the range would be fp64's own, which could then not carry the arithmetic with one rounding. */
  readonly exponentBits: number;
  /** p, the hidden bit included, at least 2; 1 + exponentBits + (p - 1) <= 16. */
  readonly significandBits: number;
  /** true: IEEE-like, all-ones exponent for infinities and NaN. false: one NaN (all ones), the other codes finite (OCP "FN"). Default true. */
  readonly infinities?: boolean;
  /** true: what overflows becomes the largest finite number. false: infinity, or NaN without infinities. Default false. */
  readonly saturate?: boolean;
}

/**
 * A binary floating-point format of at most 16 bits: code = sign, biased exponent, fraction, from the highest bit.
 * It works wherever a `Precision` does. Formats of at most 8 bits are stored in a `Uint8Array`.
 *
 * @throws OptionError for widths out of range.
 */
export function defineFloat<const Name extends string>(
  definition: FloatDefinition<Name> & { readonly exponentBits: 2 | 3 | 4 | 5; readonly significandBits: 2 | 3 },
): Precision<Name, Uint8Array>;
export function defineFloat<const Name extends string>(definition: FloatDefinition<Name>): Precision<Name, Uint16Array>;
export function defineFloat<const Name extends string>(definition: FloatDefinition<Name>): Precision<Name, Uint16Array | Uint8Array> {
  return new SmallFloat(definition);
}

class SmallFloat<Name extends string> implements Precision<Name, Uint16Array | Uint8Array> {
  readonly name: Name;
  readonly significandBits: number;
  readonly unitRoundoff: number;
  readonly maxFinite: number;
  readonly overflowThreshold: number;
  readonly minNormal: number;
  readonly minSubnormal: number;
  readonly Storage: StorageConstructor<Uint16Array | Uint8Array>;
  /** biased by 1023 */
  readonly #minExponent: number;
  readonly #overflowed: number;
  readonly #signBit: number;
  readonly #infinities: boolean;
  #values: Float32Array | Float64Array | undefined;

  constructor(definition: FloatDefinition<Name>) {
    const { name, exponentBits: e, significandBits: p, infinities = true, saturate = false } = definition;
    checkInteger(`defineFloat(${name}): exponentBits`, e, 2, 10);
    checkInteger(`defineFloat(${name}): significandBits`, p, 2, 16 - e);
    const bias = 2 ** (e - 1) - 1;
    const maxExponent = infinities ? bias : bias + 1;
    this.name = name;
    this.significandBits = p;
    this.unitRoundoff = 2 ** -p;
    // Without infinities the all-ones code is NaN, so the largest fraction is one less.
    this.maxFinite = 2 ** maxExponent * (2 - 2 ** (infinities ? 1 - p : 2 - p));
    const halfway = this.maxFinite + 2 ** (maxExponent - p);
    // The largest code is odd with infinities (a tie overflows) and even without (a tie stays finite).
    this.overflowThreshold = infinities ? halfway : halfway * (1 + 2 ** -52);
    this.minNormal = 2 ** (1 - bias);
    this.minSubnormal = 2 ** (2 - bias - p);
    this.Storage = e + p <= 8 ? Uint8Array : Uint16Array;
    this.#minExponent = 1024 - bias;
    this.#overflowed = saturate ? this.maxFinite : infinities ? Infinity : NaN;
    this.#signBit = 1 << (e + p - 1);
    this.#infinities = infinities;
  }

  round(x: number): number {
    if (Math.abs(x) < this.overflowThreshold) return roundToBits(x, this.significandBits, this.#minExponent);
    return x > 0 ? this.#overflowed : x < 0 ? -this.#overflowed : NaN;
  }

  load(s: Uint16Array | Uint8Array, i: number): number {
    this.#values ??= this.#decodeAll();
    return this.#values[s[i]!]!;
  }

  store(s: Uint16Array | Uint8Array, i: number, x: number): void {
    s[i] = this.#encode(this.round(x));
  }

  add(a: number, b: number): number {
    return this.round(a + b);
  }

  sub(a: number, b: number): number {
    return this.round(a - b);
  }

  // fp64 has more than 2 p + 2 bits: its rounding in front of ours is innocuous for + - * / and sqrt (Figueroa 1995).
  mul(a: number, b: number): number {
    return this.round(a * b);
  }

  div(a: number, b: number): number {
    return this.round(a / b);
  }

  sqrt(a: number): number {
    return this.round(Math.sqrt(a));
  }

  fma(a: number, b: number, c: number): number {
    return this.round(fmaToOdd(a, b, c));
  }

  /** The code of a value of the format. */
  #encode(value: number): number {
    const p = this.significandBits;
    const magnitude = Math.abs(value);
    const sign = value < 0 || Object.is(value, -0) ? this.#signBit : 0;
    if (magnitude < this.minNormal) return sign | (magnitude / this.minSubnormal);
    const exponentOnes = this.#signBit - 2 ** (p - 1);
    if (value !== value) return this.#infinities ? exponentOnes | (1 << (p - 2)) : this.#signBit - 1;
    if (magnitude === Infinity) return sign | exponentOnes;
    const high = highWord(magnitude);
    return sign | (((high >>> 20) - this.#minExponent + 1) << (p - 1)) | ((high >>> (21 - p)) & ((1 << (p - 1)) - 1));
  }

  #decodeAll(): Float32Array | Float64Array {
    const count = 2 * this.#signBit;
    const exactInFp32 = this.minSubnormal >= 2 ** -149 && this.maxFinite < 2 ** 128;
    const values = exactInFp32 ? new Float32Array(count) : new Float64Array(count);
    for (let code = 0; code < this.#signBit; code++) {
      values[code] = this.#decode(code);
      values[code + this.#signBit] = -values[code]!;
    }
    return values;
  }

  #decode(code: number): number {
    const p = this.significandBits;
    const hidden = 2 ** (p - 1);
    const exponent = Math.floor(code / hidden);
    const fraction = code % hidden;
    if (exponent === 0) return fraction * this.minSubnormal;
    const value = (hidden + fraction) * this.minSubnormal * 2 ** (exponent - 1);
    if (value <= this.maxFinite) return value;
    return this.#infinities && fraction === 0 ? Infinity : NaN;
  }
}
