import { Expr, type Operand, operandOf, type ValueType } from "./expression.ts";
import { type Instruction, instructions, type Load, loads, type Named, scalar } from "./instructions.ts";

const INTEGER_COMPARISONS = { eq: 1, ne: 2, lt_s: 3, lt_u: 4, gt_s: 5, gt_u: 6, le_s: 7, le_u: 8, ge_s: 9, ge_u: 10 } as const;
const FLOAT_COMPARISONS = { eq: 0, ne: 1, lt: 2, gt: 3, le: 4, ge: 5 } as const;
const INTEGER_BINARY = { add: 0, sub: 1, mul: 2, and: 7, or: 8, xor: 9, shl: 10, shr_s: 11, shr_u: 12 } as const;
const FLOAT_UNARY = { abs: 0, neg: 1, ceil: 2, floor: 3, trunc: 4, nearest: 5, sqrt: 6 } as const;
const FLOAT_BINARY = { add: 7, sub: 8, mul: 9, div: 10, min: 11, max: 12, copysign: 13 } as const;
const I32_LOADS = { load: [0x28, 2], load8_s: [0x2c, 0], load8_u: [0x2d, 0], load16_s: [0x2e, 1], load16_u: [0x2f, 1] } as const;

const SELECT = [0x1b];

interface Constant<T extends ValueType> {
  const(value: T extends "i64" ? bigint : number): Expr<T>;
}

type Integer<T extends "i32" | "i64"> = Constant<T> &
  Named<typeof INTEGER_COMPARISONS, Instruction<readonly [T, T], "i32">> &
  Named<typeof INTEGER_BINARY, Instruction<readonly [T, T], T>> & {
    readonly eqz: Instruction<readonly [T], "i32">;
    readonly load: Load<T>;
  };

/** What f32 and f64 both have, for kernels written for either. */
export type FloatScalar<T extends "f32" | "f64"> = Constant<T> &
  Named<typeof FLOAT_COMPARISONS, Instruction<readonly [T, T], "i32">> &
  Named<typeof FLOAT_UNARY, Instruction<readonly [T], T>> &
  Named<typeof FLOAT_BINARY, Instruction<readonly [T, T], T>> & { readonly load: Load<T> };

/** What reads a value of type A and gives one of type R. */
type Conversion<A extends ValueType, R extends ValueType> = Instruction<readonly [A], R>;

/** 32-bit integers and addresses. Comparisons give 0 or 1. */
export const i32: Integer<"i32"> &
  Named<typeof I32_LOADS, Load<"i32">> & {
    readonly wrap_i64: Conversion<"i64", "i32">;
    readonly reinterpret_f32: Conversion<"f32", "i32">;
  } = {
  ...integer("i32", 0x45, 0x6a),
  ...loads("i32", scalar, "i32", I32_LOADS),
  ...instructions("i32", [scalar, 0], ["i64"], "i32", { wrap_i64: 0xa7 }),
  ...instructions("i32", [scalar, 0], ["f32"], "i32", { reinterpret_f32: 0xbc }),
};

/** 64-bit integers; constants are bigints. */
export const i64: Integer<"i64"> & {
  readonly extend_i32_s: Conversion<"i32", "i64">;
  readonly extend_i32_u: Conversion<"i32", "i64">;
  readonly reinterpret_f64: Conversion<"f64", "i64">;
} = {
  ...integer("i64", 0x50, 0x7c),
  ...loads("i64", scalar, "i64", { load: [0x29, 3] }),
  ...instructions("i64", [scalar, 0], ["i32"], "i64", { extend_i32_s: 0xac, extend_i32_u: 0xad }),
  ...instructions("i64", [scalar, 0], ["f64"], "i64", { reinterpret_f64: 0xbd }),
};

export const f32: FloatScalar<"f32"> & {
  readonly convert_i32_s: Conversion<"i32", "f32">;
  readonly convert_i32_u: Conversion<"i32", "f32">;
  readonly demote_f64: Conversion<"f64", "f32">;
  readonly reinterpret_i32: Conversion<"i32", "f32">;
} = {
  ...float("f32", 0x5b, 0x8b),
  ...loads("f32", scalar, "f32", { load: [0x2a, 2] }),
  ...instructions("f32", [scalar, 0], ["i32"], "f32", { convert_i32_s: 0xb2, convert_i32_u: 0xb3, reinterpret_i32: 0xbe }),
  ...instructions("f32", [scalar, 0], ["f64"], "f32", { demote_f64: 0xb6 }),
};

export const f64: FloatScalar<"f64"> & {
  readonly convert_i32_s: Conversion<"i32", "f64">;
  readonly convert_i32_u: Conversion<"i32", "f64">;
  readonly promote_f32: Conversion<"f32", "f64">;
  readonly reinterpret_i64: Conversion<"i64", "f64">;
} = {
  ...float("f64", 0x61, 0x99),
  ...loads("f64", scalar, "f64", { load: [0x2b, 3] }),
  ...instructions("f64", [scalar, 0], ["i32"], "f64", { convert_i32_s: 0xb7, convert_i32_u: 0xb8 }),
  ...instructions("f64", [scalar, 0], ["f32"], "f64", { promote_f32: 0xbb }),
  ...instructions("f64", [scalar, 0], ["i64"], "f64", { reinterpret_i64: 0xbf }),
};

/** `ifTrue` where the condition is not 0, otherwise `ifFalse`; both are computed. */
export function select<T extends ValueType>(ifTrue: Expr<T>, ifFalse: Expr<T>, condition: Operand<"i32">): Expr<T> {
  const { type } = ifTrue;
  const operands = [operandOf(type, ifTrue, "select"), operandOf(type, ifFalse, "select"), operandOf("i32", condition, "select")];
  return new Expr("select", type, SELECT, operands);
}

function integer<T extends "i32" | "i64">(type: T, comparisons: number, arithmetic: number): Omit<Integer<T>, "load"> {
  return {
    const: (value) => operandOf(type, value, `${type}.const`),
    ...instructions(type, [scalar, comparisons], [type], "i32", { eqz: 0 }),
    ...instructions(type, [scalar, comparisons], [type, type], "i32", INTEGER_COMPARISONS),
    ...instructions(type, [scalar, arithmetic], [type, type], type, INTEGER_BINARY),
  };
}

function float<T extends "f32" | "f64">(type: T, comparisons: number, arithmetic: number): Omit<FloatScalar<T>, "load"> {
  return {
    const: (value) => operandOf(type, value, `${type}.const`),
    ...instructions(type, [scalar, comparisons], [type, type], "i32", FLOAT_COMPARISONS),
    ...instructions(type, [scalar, arithmetic], [type], type, FLOAT_UNARY),
    ...instructions(type, [scalar, arithmetic], [type, type], type, FLOAT_BINARY),
  };
}
