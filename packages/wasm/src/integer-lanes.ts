import { integer, integer64 } from "./encoding.ts";
import { type Instruction, instructions, type Named, simd } from "./instructions.ts";
import { type Extract, extractLane, type LaneAccess, laneAccess } from "./lane-access.ts";

type Unary = Instruction<readonly ["v128"], "v128">;
type Binary = Instruction<readonly ["v128", "v128"], "v128">;
/** Every lane by one count, modulo the width of a lane. */
type Shift = Instruction<readonly ["v128", "i32"], "v128">;
type Test = Instruction<readonly ["v128"], "i32">;

const COMPARISONS = { eq: 0, ne: 1, lt_s: 2, lt_u: 3, gt_s: 4, gt_u: 5, le_s: 6, le_u: 7, ge_s: 8, ge_u: 9 } as const;
const I64X2_COMPARISONS = { eq: 0, ne: 1, lt_s: 2, gt_s: 3, le_s: 4, ge_s: 5 } as const;
const UNARY = { abs: 0x00, neg: 0x01 } as const;
const TESTS = { all_true: 0x03, bitmask: 0x04 } as const;
const SHIFTS = { shl: 0x0b, shr_s: 0x0c, shr_u: 0x0d } as const;
const ADD_SUB = { add: 0x0e, sub: 0x11 } as const;
const SATURATING = { add_sat_s: 0x0f, add_sat_u: 0x10, sub_sat_s: 0x12, sub_sat_u: 0x13 } as const;
const MUL = { mul: 0x15 } as const;
const MIN_MAX = { min_s: 0x16, min_u: 0x17, max_s: 0x18, max_u: 0x19 } as const;
const I8X16_BINARY = { swizzle: 0x0e, narrow_i16x8_s: 0x65, narrow_i16x8_u: 0x66 } as const;
const I16X8_UNARY = { extend_low_i8x16_s: 0x87, extend_high_i8x16_s: 0x88, extend_low_i8x16_u: 0x89, extend_high_i8x16_u: 0x8a } as const;
const I16X8_BINARY = { narrow_i32x4_s: 0x85, narrow_i32x4_u: 0x86 } as const;
const I32X4_UNARY = {
  extend_low_i16x8_s: 0xa7,
  extend_high_i16x8_s: 0xa8,
  extend_low_i16x8_u: 0xa9,
  extend_high_i16x8_u: 0xaa,
  trunc_sat_f32x4_s: 0xf8,
  trunc_sat_f32x4_u: 0xf9,
  trunc_sat_f64x2_s_zero: 0xfc,
  trunc_sat_f64x2_u_zero: 0xfd,
} as const;
const I32X4_BINARY = { dot_i16x8_s: 0xba } as const;
const I64X2_UNARY = { extend_low_i32x4_s: 0xc7, extend_high_i32x4_s: 0xc8, extend_low_i32x4_u: 0xc9, extend_high_i32x4_u: 0xca } as const;

/** What integer lanes of every width have. Comparisons give lanes of ones or zeros. */
type Integers = Named<typeof UNARY, Unary> & Named<typeof TESTS, Test> & Named<typeof SHIFTS, Shift> & Named<typeof ADD_SUB, Binary>;
interface SignedExtracts {
  readonly extract_lane_s: Extract<"i32">;
  readonly extract_lane_u: Extract<"i32">;
}

export const i8x16: LaneAccess<"i32"> &
  SignedExtracts &
  Integers &
  Named<typeof COMPARISONS & typeof SATURATING & typeof MIN_MAX & typeof I8X16_BINARY, Binary> = {
  ...laneAccess({ name: "i8x16", lanes: 16, type: "i32", splat: 0x0f, replace: 0x17, bytes: integer(1) }),
  extract_lane_s: extractLane("i8x16.extract_lane_s", 0x15, 16, "i32"),
  extract_lane_u: extractLane("i8x16.extract_lane_u", 0x16, 16, "i32"),
  ...integers("i8x16", 0x60),
  ...binary("i8x16", 0x23, COMPARISONS),
  ...binary("i8x16", 0x60, { ...SATURATING, ...MIN_MAX }),
  ...binary("i8x16", 0, I8X16_BINARY),
};

export const i16x8: LaneAccess<"i32"> &
  SignedExtracts &
  Integers &
  Named<typeof I16X8_UNARY, Unary> &
  Named<typeof COMPARISONS & typeof SATURATING & typeof MIN_MAX & typeof MUL & typeof I16X8_BINARY, Binary> = {
  ...laneAccess({ name: "i16x8", lanes: 8, type: "i32", splat: 0x10, replace: 0x1a, bytes: integer(2) }),
  extract_lane_s: extractLane("i16x8.extract_lane_s", 0x18, 8, "i32"),
  extract_lane_u: extractLane("i16x8.extract_lane_u", 0x19, 8, "i32"),
  ...integers("i16x8", 0x80),
  ...binary("i16x8", 0x2d, COMPARISONS),
  ...binary("i16x8", 0x80, { ...SATURATING, ...MIN_MAX, ...MUL }),
  ...unary("i16x8", I16X8_UNARY),
  ...binary("i16x8", 0, I16X8_BINARY),
};

export const i32x4: LaneAccess<"i32"> &
  Integers & { readonly extract_lane: Extract<"i32"> } & Named<typeof I32X4_UNARY, Unary> &
  Named<typeof COMPARISONS & typeof MIN_MAX & typeof MUL & typeof I32X4_BINARY, Binary> = {
  ...laneAccess({ name: "i32x4", lanes: 4, type: "i32", splat: 0x11, replace: 0x1c, bytes: integer(4) }),
  extract_lane: extractLane("i32x4.extract_lane", 0x1b, 4, "i32"),
  ...integers("i32x4", 0xa0),
  ...binary("i32x4", 0x37, COMPARISONS),
  ...binary("i32x4", 0xa0, { ...MIN_MAX, ...MUL }),
  ...unary("i32x4", I32X4_UNARY),
  ...binary("i32x4", 0, I32X4_BINARY),
};

export const i64x2: LaneAccess<"i64"> &
  Integers & { readonly extract_lane: Extract<"i64"> } & Named<typeof I64X2_UNARY, Unary> &
  Named<typeof I64X2_COMPARISONS & typeof MUL, Binary> = {
  ...laneAccess({ name: "i64x2", lanes: 2, type: "i64", splat: 0x12, replace: 0x1e, bytes: integer64 }),
  extract_lane: extractLane("i64x2.extract_lane", 0x1d, 2, "i64"),
  ...integers("i64x2", 0xc0),
  ...binary("i64x2", 0xd6, I64X2_COMPARISONS),
  ...binary("i64x2", 0xc0, MUL),
  ...unary("i64x2", I64X2_UNARY),
};

function integers(shape: string, base: number): Integers {
  return {
    ...instructions(shape, [simd, base], ["v128"], "v128", UNARY),
    ...instructions(shape, [simd, base], ["v128"], "i32", TESTS),
    ...instructions(shape, [simd, base], ["v128", "i32"], "v128", SHIFTS),
    ...binary(shape, base, ADD_SUB),
  };
}

function unary<T extends { readonly [name: string]: number }>(shape: string, table: T): Named<T, Unary> {
  return instructions(shape, [simd, 0], ["v128"], "v128", table);
}

function binary<T extends { readonly [name: string]: number }>(shape: string, base: number, table: T): Named<T, Binary> {
  return instructions(shape, [simd, base], ["v128", "v128"], "v128", table);
}
