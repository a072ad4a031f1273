import { i8x16, i16x8, i32x4, i64x2, type ValueType } from "../src/index.ts";
import { checkInstructions } from "./check-instructions.ts";
import {
  floats,
  greater,
  integerComparisons,
  integers,
  lesser,
  type Model,
  type Models,
  onIntegers,
  onVectors,
  signed,
  truncated,
  unsigned,
} from "./instruction-models.ts";

const VECTOR: readonly ValueType[] = ["v128"];
const TWO_VECTORS: readonly ValueType[] = ["v128", "v128"];

/** What integer lanes of all widths have. */
function models(width: number): Models {
  const one = (compute: (a: bigint) => bigint): Model => onIntegers(VECTOR, signed, width, compute);
  const two = (compute: (a: bigint, b: bigint) => bigint): Model => onIntegers(TWO_VECTORS, signed, width, compute);
  const shift = (compute: (a: bigint, count: bigint) => bigint, read = signed): Model =>
    onVectors("bits", ["v128", "i32"], (v, n) => {
      const count = unsigned(n, 4)[0] % BigInt(8 * width);
      return integers(
        width,
        read(v, width).map((a) => compute(a, count)),
      );
    });
  return {
    abs: one((a) => (a < 0n ? -a : a)),
    neg: one((a) => -a),
    add: two((a, b) => a + b),
    sub: two((a, b) => a - b),
    shl: shift((a, n) => a << n),
    shr_s: shift((a, n) => a >> n),
    shr_u: shift((a, n) => a >> n, unsigned),
    all_true: onVectors("bits", VECTOR, (v) => integers(4, [signed(v, width).every((a) => a !== 0n) ? 1 : 0])),
    bitmask: onVectors("bits", VECTOR, (v) => integers(4, [signed(v, width).reduceRight((mask, a) => 2n * mask + (a < 0n ? 1n : 0n), 0n)])),
  };
}

function minMax(width: number): Models {
  return {
    min_s: onIntegers(TWO_VECTORS, signed, width, lesser),
    min_u: onIntegers(TWO_VECTORS, unsigned, width, lesser),
    max_s: onIntegers(TWO_VECTORS, signed, width, greater),
    max_u: onIntegers(TWO_VECTORS, unsigned, width, greater),
  };
}

/** n, or the end of the range of integers of `width` bytes that is nearest. */
function saturated(n: bigint, width: number, isSigned: boolean): bigint {
  const count = 1n << BigInt(8 * width);
  const [least, most] = isSigned ? [-count / 2n, count / 2n - 1n] : [0n, count - 1n];
  return n < least ? least : n > most ? most : n;
}

function saturating(width: number): Models {
  const model = (isSigned: boolean, compute: (a: bigint, b: bigint) => bigint): Model =>
    onIntegers(TWO_VECTORS, isSigned ? signed : unsigned, width, (a, b) => saturated(compute(a, b), width, isSigned));
  return {
    add_sat_s: model(true, (a, b) => a + b),
    add_sat_u: model(false, (a, b) => a + b),
    sub_sat_s: model(true, (a, b) => a - b),
    sub_sat_u: model(false, (a, b) => a - b),
  };
}

/** extend_low and extend_high of lanes of half the width. */
function extensions(width: number, from: string): Models {
  const model = (read: typeof signed, half: "low" | "high"): Model =>
    onVectors("bits", VECTOR, (v) => {
      const lanes = read(v, width / 2);
      return integers(width, half === "low" ? lanes.slice(0, lanes.length / 2) : lanes.slice(lanes.length / 2));
    });
  return {
    [`extend_low_${from}_s`]: model(signed, "low"),
    [`extend_high_${from}_s`]: model(signed, "high"),
    [`extend_low_${from}_u`]: model(unsigned, "low"),
    [`extend_high_${from}_u`]: model(unsigned, "high"),
  };
}

/** Two vectors of lanes of twice the width, saturated, side by side. */
function narrow(width: number, isSigned: boolean): Model {
  return onVectors("bits", TWO_VECTORS, (a, b) =>
    integers(
      width,
      [...signed(a, 2 * width), ...signed(b, 2 * width)].map((n) => saturated(n, width, isSigned)),
    ),
  );
}

const ones = (width: number): bigint => (1n << BigInt(8 * width)) - 1n;
const mul = (width: number): Model => onIntegers(TWO_VECTORS, signed, width, (a, b) => a * b);
const truncation = (width: 4 | 8, least: number, most: number): Model =>
  onVectors("bits", VECTOR, (v) =>
    integers(
      4,
      floats(v, width).map((x) => truncated(x, least, most)),
    ),
  );
const [INT32_MIN, INT32_MAX, UINT32_MAX] = [-(2 ** 31), 2 ** 31 - 1, 2 ** 32 - 1];

checkInstructions("i8x16", i8x16, {
  ...models(1),
  ...minMax(1),
  ...saturating(1),
  ...integerComparisons("v128", 1, ones(1), 1),
  swizzle: onVectors("bits", TWO_VECTORS, (a, s) => s.map((lane) => (lane < 16 ? a[lane] : 0))),
  narrow_i16x8_s: narrow(1, true),
  narrow_i16x8_u: narrow(1, false),
});

checkInstructions("i16x8", i16x8, {
  ...models(2),
  ...minMax(2),
  ...saturating(2),
  ...integerComparisons("v128", 2, ones(2), 2),
  ...extensions(2, "i8x16"),
  mul: mul(2),
  narrow_i32x4_s: narrow(2, true),
  narrow_i32x4_u: narrow(2, false),
});

checkInstructions("i32x4", i32x4, {
  ...models(4),
  ...minMax(4),
  ...integerComparisons("v128", 4, ones(4), 4),
  ...extensions(4, "i16x8"),
  mul: mul(4),
  dot_i16x8_s: onVectors("bits", TWO_VECTORS, (a, b) => {
    const y = signed(b, 2);
    const products = signed(a, 2).map((x, i) => x * y[i]);
    return integers(
      4,
      [0, 1, 2, 3].map((lane) => products[2 * lane] + products[2 * lane + 1]),
    );
  }),
  trunc_sat_f32x4_s: truncation(4, INT32_MIN, INT32_MAX),
  trunc_sat_f32x4_u: truncation(4, 0, UINT32_MAX),
  trunc_sat_f64x2_s_zero: truncation(8, INT32_MIN, INT32_MAX),
  trunc_sat_f64x2_u_zero: truncation(8, 0, UINT32_MAX),
});

const { eq, ne, lt_s, gt_s, le_s, ge_s } = integerComparisons("v128", 8, ones(8), 8);
checkInstructions("i64x2", i64x2, { ...models(8), ...extensions(8, "i32x4"), mul: mul(8), eq, ne, lt_s, gt_s, le_s, ge_s });
