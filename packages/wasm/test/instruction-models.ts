import type { ValueType } from "../src/index.ts";

/** What an instruction does, on bytes: 16 an operand, the result's with zeros behind a scalar. */
export interface Model {
  readonly types: readonly ValueType[];
  /** How results are compared: bit by bit, or as numbers, where any NaN equals any NaN. */
  readonly result: "bits" | "f32" | "f64";
  readonly compute: (...operands: Uint8Array[]) => Uint8Array;
}

export interface Models {
  readonly [name: string]: Model;
}

type Read = (bytes: Uint8Array, width: number) => bigint[];

export const unsigned: Read = (bytes, width) =>
  Array.from({ length: 16 / width }, (_, lane) =>
    bytes.subarray(lane * width, (lane + 1) * width).reduceRight((n, byte) => (n << 8n) | BigInt(byte), 0n),
  );

export const signed: Read = (bytes, width) => unsigned(bytes, width).map((n) => BigInt.asIntN(8 * width, n));

/** Integers, cut to `width` bytes, side by side. */
export function integers(width: number, values: readonly (bigint | number)[]): Uint8Array {
  const bytes = new Uint8Array(16);
  values.forEach((value, lane) => {
    for (let i = 0; i < width; i++) bytes[lane * width + i] = Number((BigInt(value) >> BigInt(8 * i)) & 0xffn);
  });
  return bytes;
}

export function floats(bytes: Uint8Array, width: number): number[] {
  const { buffer } = bytes.slice();
  return [...(width === 4 ? new Float32Array(buffer) : new Float64Array(buffer))];
}

export function fromFloats(width: number, values: readonly number[]): Uint8Array {
  const array = width === 4 ? new Float32Array(4) : new Float64Array(2);
  array.set(values);
  return new Uint8Array(array.buffer);
}

/** An instruction on integer lanes that are computed one by one; `out` is the width of a result. */
export function onIntegers(
  types: readonly ValueType[],
  read: Read,
  width: number,
  compute: (...lanes: bigint[]) => bigint | number | boolean,
  out: number = width,
): Model {
  const count = types[0] === "v128" ? 16 / width : 1;
  return {
    types,
    result: "bits",
    compute: (...operands) => {
      const lanes = operands.map((bytes) => read(bytes, width));
      return integers(
        out,
        Array.from({ length: count }, (_, i) => BigInt(compute(...lanes.map((values) => values[i])))),
      );
    },
  };
}

/** An instruction on float lanes that are computed one by one; results are numbers. */
export function onFloats(types: readonly ValueType[], width: 4 | 8, compute: (...lanes: number[]) => number): Model {
  const count = types[0] === "v128" ? 16 / width : 1;
  return {
    types,
    result: width === 4 ? "f32" : "f64",
    compute: (...operands) => {
      const lanes = operands.map((bytes) => floats(bytes, width));
      return fromFloats(
        width,
        Array.from({ length: count }, (_, i) => compute(...lanes.map((values) => values[i]))),
      );
    },
  };
}

/** Lanes of 16 bytes, in some reading, to lanes of 16 bytes; any number of lanes. */
export function onVectors(result: Model["result"], types: readonly ValueType[], compute: (...operands: Uint8Array[]) => Uint8Array): Model {
  return { types, result, compute };
}

/** The lesser of two; the second where they are equal, or where one is NaN. */
export function lesser<T extends number | bigint>(a: T, b: T): T {
  if (a < b) return a;
  return b;
}

/** The greater of two; the second where they are equal, or where one is NaN. */
export function greater<T extends number | bigint>(a: T, b: T): T {
  if (a > b) return a;
  return b;
}

type Comparison = (a: number | bigint, b: number | bigint) => boolean;
const COMPARISONS: { readonly [name: string]: Comparison } = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  gt: (a, b) => a > b,
  le: (a, b) => a <= b,
  ge: (a, b) => a >= b,
};

/** eq and ne, and the others signed and unsigned. `yes` is what a true comparison gives, in `out` bytes. */
export function integerComparisons(type: ValueType, width: number, yes: bigint, out: number): Models {
  const types = [type, type];
  const model = (read: Read, holds: Comparison): Model => onIntegers(types, read, width, (a, b) => (holds(a, b) ? yes : 0n), out);
  return Object.fromEntries(
    Object.entries(COMPARISONS).flatMap(([name, holds]) =>
      name === "eq" || name === "ne"
        ? [[name, model(unsigned, holds)]]
        : [
            [`${name}_s`, model(signed, holds)],
            [`${name}_u`, model(unsigned, holds)],
          ],
    ),
  );
}

export function floatComparisons(type: ValueType, width: 4 | 8, yes: number, out: number): Models {
  const count = type === "v128" ? 16 / width : 1;
  return Object.fromEntries(
    Object.entries(COMPARISONS).map(([name, holds]) => {
      const compute = (a: Uint8Array, b: Uint8Array): Uint8Array => {
        const y = floats(b, width);
        const truths = floats(a, width).map((x, i) => (holds(x, y[i]) ? yes : 0));
        return integers(out, truths.slice(0, count));
      };
      return [name, onVectors("bits", [type, type], compute)];
    }),
  );
}

/** Arithmetic that all floats have. */
export function floatArithmetic(type: ValueType, width: 4 | 8): Models {
  const one = (compute: (x: number) => number): Model => onFloats([type], width, compute);
  const two = (compute: (x: number, y: number) => number): Model => onFloats([type, type], width, compute);
  return {
    abs: one(Math.abs),
    neg: one((x) => -x),
    ceil: one(Math.ceil),
    floor: one(Math.floor),
    trunc: one(Math.trunc),
    nearest: one(nearestEven),
    sqrt: one(Math.sqrt),
    add: two((x, y) => x + y),
    sub: two((x, y) => x - y),
    mul: two((x, y) => x * y),
    div: two((x, y) => x / y),
    min: two(Math.min),
    max: two(Math.max),
  };
}

function nearestEven(x: number): number {
  const floor = Math.floor(x);
  const rounded = x - floor === 0.5 ? floor + (floor % 2 === 0 ? 0 : 1) : Math.round(x);
  // Of -0.2: -0.
  return rounded === 0 ? x * 0 : rounded;
}

/** A float as an integer of 32 bits: cut off, clamped, 0 for NaN. */
export function truncated(x: number, least: number, most: number): number {
  return Number.isNaN(x) ? 0 : Math.trunc(Math.min(Math.max(x, least), most));
}
