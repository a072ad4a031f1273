import { checkInteger } from "@slam/errors";
import { fmaToOdd } from "./fma.ts";
import { floatLanes } from "./lane-codecs.ts";
import type { LaneCodec } from "./lanes.ts";
import type { Precision, Storage, StorageConstructor } from "./precision.ts";
import { highWord, neighbour, roundToBits } from "./rounding.ts";

export interface FloatDefinition<Name extends string = string, E extends number = number, P extends number = number> {
  readonly name: Name;
  /** 2 ... 10: with 11 the range would be fp64's own, which could then not carry the arithmetic with one rounding. */
  readonly exponentBits: E;
  /** p, the hidden bit included, at least 2; 1 + exponentBits + (p - 1) <= 16. */
  readonly significandBits: P;
  /** true: IEEE-like, all-ones exponent for infinities and NaN. false: one NaN (all ones), the other codes finite (OCP "FN"). Default true. */
  readonly infinities?: boolean;
  /** true: what overflows, infinity included, becomes the largest finite number. false: infinity, or NaN without infinities. Default false. */
  readonly saturate?: boolean;
}

/** Where exponentBits + significandBits <= 8. */
interface SignificandBitsOfByte {
  readonly 2: 2 | 3 | 4 | 5 | 6;
  readonly 3: 2 | 3 | 4 | 5;
  readonly 4: 2 | 3 | 4;
  readonly 5: 2 | 3;
  readonly 6: 2;
}

/** The array of the codes: of bytes or of 16 bits where the widths are known to the compiler, otherwise either. */
export type CodeStorage<E extends number, P extends number> = number extends E | P
  ? Uint16Array | Uint8Array
  : E extends keyof SignificandBitsOfByte
    ? P extends SignificandBitsOfByte[E]
      ? Uint8Array
      : Uint16Array
    : Uint16Array;

/**
 * A binary floating-point format of at most 16 bits: code = sign, biased exponent, fraction, from the highest bit.
 * It works wherever a `Precision` does. Formats of at most 8 bits are stored in a `Uint8Array`.
 *
 * @throws OptionError for widths out of range.
 */
export function defineFloat<const Name extends string, const E extends number, const P extends number>(
  definition: FloatDefinition<Name, E, P>,
): Precision<Name, CodeStorage<E, P>> {
  // The widths decide the array at run time as CodeStorage does in the type; the compiler cannot see that they agree.
  return new SmallFloat(definition) as Precision<Name, Storage> as Precision<Name, CodeStorage<E, P>>;
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
  readonly lanes: LaneCodec | undefined;
  /** biased by 1023 */
  readonly #minExponent: number;
  readonly #overflowed: number;
  readonly #signShift: number;
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
    this.overflowThreshold = infinities ? halfway : neighbour(halfway, 1);
    this.minNormal = 2 ** (1 - bias);
    this.minSubnormal = 2 ** (2 - bias - p);
    this.Storage = e + p <= 8 ? Uint8Array : Uint16Array;
    this.lanes = floatLanes(definition);
    this.#minExponent = 1024 - bias;
    this.#overflowed = saturate ? this.maxFinite : infinities ? Infinity : NaN;
    this.#signShift = e + p - 1;
    this.#infinities = infinities;
  }

  round(x: number): number {
    if (Math.abs(x) < this.overflowThreshold) return roundToBits(x, this.significandBits, this.#minExponent);
    return x > 0 ? this.#overflowed : x < 0 ? -this.#overflowed : NaN;
  }

  load(s: Uint16Array | Uint8Array, i: number): number {
    this.#values ??= this.#decodeAll();
    return this.#values[s[i]];
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
    const high = highWord(value);
    const sign = (high >>> 31) << this.#signShift;
    // Exponent and fraction lie side by side in fp64 as in the code: shift, then move the bias.
    if (magnitude >= this.minNormal && magnitude <= this.maxFinite) {
      return sign | (((high & 0x7fffffff) >>> (21 - p)) - ((this.#minExponent - 1) << (p - 1)));
    }
    if (magnitude < this.minNormal) return sign | (magnitude / this.minSubnormal);
    const signBit = 1 << this.#signShift;
    const exponentOnes = signBit - (1 << (p - 1));
    if (magnitude === Infinity) return sign | exponentOnes;
    return this.#infinities ? exponentOnes | (1 << (p - 2)) : signBit - 1;
  }

  #decodeAll(): Float32Array | Float64Array {
    const signBit = 1 << this.#signShift;
    const exactInFp32 = this.minSubnormal >= 2 ** -149 && this.maxFinite < 2 ** 128;
    const values = exactInFp32 ? new Float32Array(2 * signBit) : new Float64Array(2 * signBit);
    for (let code = 0; code < signBit; code++) {
      values[code] = this.#decode(code);
      values[code + signBit] = -values[code];
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
