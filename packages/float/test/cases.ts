import fc from "fast-check";
import { type AnyPrecision, bf16, defineFloat, e4m3, e5m2, fp16, fp32, fp64, type Storage, zeros } from "../src/index.ts";
import { BFLOAT16, BINARY16, BINARY32, BINARY64, OCP_E4M3, OCP_E5M2, type Widths } from "./format-oracle.ts";

export interface Case {
  readonly name: string;
  readonly P: AnyPrecision;
  readonly widths: Widths;
}

function shipped(P: AnyPrecision, widths: Widths): Case {
  return { name: P.name, P, widths };
}

function defined(exponentBits: number, significandBits: number, infinities: boolean, saturate: boolean): Case {
  const widths = { exponentBits, significandBits, infinities, saturate };
  const name = `e${exponentBits}p${significandBits}${infinities ? "" : " without infinities"}${saturate ? ", saturating" : ""}`;
  return { name, P: defineFloat({ name, ...widths }), widths };
}

export const eightBits: readonly Case[] = [shipped(e4m3, OCP_E4M3), shipped(e5m2, OCP_E5M2)];
const sixteenBits: readonly Case[] = [shipped(fp16, BINARY16), shipped(bf16, BFLOAT16)];
const ieee: readonly Case[] = [shipped(fp32, BINARY32), shipped(fp64, BINARY64)];
const usersOwn: readonly Case[] = [
  defined(2, 2, true, false),
  defined(2, 2, false, false),
  defined(2, 14, true, true),
  defined(3, 3, false, true),
  defined(3, 5, true, false),
  defined(4, 4, false, true),
  defined(5, 3, true, true),
  defined(5, 7, true, false),
  defined(5, 11, false, false),
  defined(6, 2, false, false),
  defined(6, 10, true, true),
  defined(8, 4, true, false),
  defined(10, 6, true, false),
  defined(10, 6, false, true),
];
export const codeFormats: readonly Case[] = [...eightBits, ...sixteenBits, ...usersOwn];
export const allFormats: readonly Case[] = [...ieee, ...codeFormats];

export function codeCount({ widths }: Case): number {
  return 2 ** (widths.exponentBits + widths.significandBits);
}

/** The code that P stores for x. */
export function encode(P: AnyPrecision, x: number): number {
  const s = zeros(P, 1) as Storage;
  P.store(s, 0, x);
  return s[0];
}

/** The value of a code. */
export function decode(P: AnyPrecision, code: number): number {
  const s = zeros(P, 1) as Storage;
  s[0] = code;
  return P.load(s, 0);
}

/** Doubles of all kinds: any bits, and numbers of few bits and moderate size, which cancel and tie. */
export const doubles: fc.Arbitrary<number> = fc.oneof(
  fc.double(),
  fc.tuple(fc.integer({ min: -4096, max: 4096 }), fc.integer({ min: -40, max: 40 })).map(([m, e]) => m * 2 ** e),
);

/** Doubles in the range of P, somewhat over and under it. */
export function doublesAround(P: AnyPrecision): fc.Arbitrary<number> {
  const least = Math.log2(P.minSubnormal) - 3;
  const most = Math.min(Math.log2(P.maxFinite) + 2, 1022);
  return fc
    .tuple(fc.double({ min: 1, max: 2, noNaN: true }), fc.integer({ min: Math.ceil(least), max: Math.floor(most) }), fc.boolean())
    .map(([m, e, negative]) => (negative ? -m : m) * 2 ** Math.ceil(e / 2) * 2 ** Math.floor(e / 2));
}

/** Finite numbers of P: any of its range, and near 1, where sums cancel. */
export function numbersOf(P: AnyPrecision): fc.Arbitrary<number> {
  return fc
    .oneof(doublesAround(P), doubles, fc.double({ min: -2, max: 2 }))
    .map((x) => P.round(x))
    .filter(Number.isFinite);
}

/** The double after a positive x. */
export function after(x: number): number {
  const bits = new BigUint64Array(new Float64Array([x]).buffer);
  bits[0]++;
  return new Float64Array(bits.buffer)[0];
}

/** The double before a positive x. */
export function before(x: number): number {
  const bits = new BigUint64Array(new Float64Array([x]).buffer);
  bits[0]--;
  return new Float64Array(bits.buffer)[0];
}
