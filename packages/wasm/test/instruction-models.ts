import type { ValueType } from "../src/index.ts";

/** What an instruction should do, on bytes: operands of 16 bytes each, the result's bytes, zeros behind a scalar. */
export interface Model {
  readonly types: readonly ValueType[];
  /** How results are compared: bit by bit, or as numbers, of which NaN equals NaN. */
  readonly result: "bits" | "f32" | "f64";
  readonly compute: (...operands: Uint8Array[]) => Uint8Array;
}

export type Models = { readonly [name: string]: Model };

/** Lanes of `width` bytes as signed integers. */
function signed(bytes: Uint8Array, width: number): bigint[] {
  return unsigned(bytes, width).map((n) => BigInt.asIntN(8 * width, n));
}

function unsigned(bytes: Uint8Array, width: number): bigint[] {
  return Array.from({ length: 16 / width }, (_, lane) =>
    bytes.subarray(lane * width, (lane + 1) * width).reduceRight((n, byte) => (n << 8n) | BigInt(byte), 0n),
  );
}

/** Integers, cut to the width, side by side; zeros behind them. */
function integers(width: number, values: readonly (bigint | number)[]): Uint8Array {
  const bytes = new Uint8Array(16);
  values.forEach((value, lane) => {
    for (let i = 0; i < width; i++) bytes[lane * width + i] = Number((BigInt(value) >> BigInt(8 * i)) & 0xffn);
  });
  return bytes;
}

function floats(bytes: Uint8Array, width: number): number[] {
  const copy = bytes.slice().buffer;
  return [...(width === 4 ? new Float32Array(copy) : new Float64Array(copy))];
}

function fromFloats(width: number, values: readonly number[]): Uint8Array {
  const array = width === 4 ? new Float32Array(4) : new Float64Array(2);
  array.set(values);
  return new Uint8Array(array.buffer);
}

const mapped = <T>(table: { readonly [name: string]: T }, model: (entry: T) => Model): Models =>
  Object.fromEntries(Object.entries(table).map(([name, entry]) => [name, model(entry)]));

const COMPARISONS: { readonly [name: string]: (a: bigint | number, b: bigint | number) => boolean } = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  gt: (a, b) => a > b,
  le: (a, b) => a <= b,
  ge: (a, b) => a >= b,
};

/** eq, ne and the others with _s and _u; `yes` is what a true comparison gives. */
function integerComparisons(type: ValueType, width: number, lanes: number, outWidth: number, yes: number): Models {
  const compare = (read: typeof signed, holds: (a: bigint, b: bigint) => boolean): Model => ({
    types: [type, type],
    result: "bits",
    compute: (a, b) => {
      const [x, y] = [read(a, width), read(b, width)];
      return integers(
        outWidth,
        x.slice(0, lanes).map((xi, i) => (holds(xi, y[i]) ? yes : 0)),
      );
    },
  });
  return Object.fromEntries(
    Object.entries(COMPARISONS).flatMap(([name, holds]) =>
      name === "eq" || name === "ne"
        ? [[name, compare(unsigned, holds)]]
        : [
            [`${name}_s`, compare(signed, holds)],
            [`${name}_u`, compare(unsigned, holds)],
          ],
    ),
  );
}

const clamp = (n: bigint, least: bigint, most: bigint): bigint => (n < least ? least : n > most ? most : n);
