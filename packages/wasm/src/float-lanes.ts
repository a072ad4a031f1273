import { float32, float64 } from "./encoding.ts";
import { type Instruction, instructions, type Named, simd } from "./instructions.ts";
import { type Extract, extractLane, type LaneAccess, laneAccess } from "./lane-access.ts";

type Unary = Instruction<readonly ["v128"], "v128">;
type Binary = Instruction<readonly ["v128", "v128"], "v128">;

const COMPARISONS = { eq: 0, ne: 1, lt: 2, gt: 3, le: 4, ge: 5 } as const;
const UNARY = { abs: 0, neg: 1, sqrt: 3 } as const;
/** min and max give NaN where an operand is; pmin(a, b) is b < a ? b : a, pmax(a, b) is a < b ? b : a. */
const BINARY = { add: 4, sub: 5, mul: 6, div: 7, min: 8, max: 9, pmin: 10, pmax: 11 } as const;
const F32X4_UNARY = {
  ceil: 0x67,
  floor: 0x68,
  trunc: 0x69,
  nearest: 0x6a,
  convert_i32x4_s: 0xfa,
  convert_i32x4_u: 0xfb,
  demote_f64x2_zero: 0x5e,
} as const;
const F64X2_UNARY = {
  ceil: 0x74,
  floor: 0x75,
  trunc: 0x7a,
  nearest: 0x94,
  convert_low_i32x4_s: 0xfe,
  convert_low_i32x4_u: 0xff,
  promote_low_f32x4: 0x5f,
} as const;

/** Comparisons give lanes of ones or zeros. */
type Floats = Named<typeof COMPARISONS & typeof BINARY, Binary> & Named<typeof UNARY, Unary>;

/** What both have, for kernels written for either. */
export type FloatLanes<T extends "f32" | "f64"> = LaneAccess<T> & Floats & { readonly extract_lane: Extract<T> };

export const f32x4: FloatLanes<"f32"> & Named<typeof F32X4_UNARY, Unary> = {
  ...laneAccess({ name: "f32x4", lanes: 4, type: "f32", splat: 0x13, replace: 0x20, bytes: float32 }),
  extract_lane: extractLane("f32x4.extract_lane", 0x1f, 4, "f32"),
  ...floats("f32x4", 0x41, 0xe0),
  ...instructions("f32x4", [simd, 0], ["v128"], "v128", F32X4_UNARY),
};

export const f64x2: FloatLanes<"f64"> & Named<typeof F64X2_UNARY, Unary> = {
  ...laneAccess({ name: "f64x2", lanes: 2, type: "f64", splat: 0x14, replace: 0x22, bytes: float64 }),
  extract_lane: extractLane("f64x2.extract_lane", 0x21, 2, "f64"),
  ...floats("f64x2", 0x47, 0xec),
  ...instructions("f64x2", [simd, 0], ["v128"], "v128", F64X2_UNARY),
};

function floats(shape: string, comparisons: number, arithmetic: number): Floats {
  return {
    ...instructions(shape, [simd, comparisons], ["v128", "v128"], "v128", COMPARISONS),
    ...instructions(shape, [simd, arithmetic], ["v128"], "v128", UNARY),
    ...instructions(shape, [simd, arithmetic], ["v128", "v128"], "v128", BINARY),
  };
}
