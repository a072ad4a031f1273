import { Expr, type Operand, operandOf } from "./expression.ts";
import { type Instruction, instructions, type Load, loads, memoryCode, type Named, simd } from "./instructions.ts";
import { checkLane } from "./lane-access.ts";

const LOADS = {
  load: [0x00, 4],
  load8x8_s: [0x01, 3],
  load8x8_u: [0x02, 3],
  load16x4_s: [0x03, 3],
  load16x4_u: [0x04, 3],
  load32x2_s: [0x05, 3],
  load32x2_u: [0x06, 3],
  load8_splat: [0x07, 0],
  load16_splat: [0x08, 1],
  load32_splat: [0x09, 2],
  load64_splat: [0x0a, 3],
  load32_zero: [0x5c, 2],
  load64_zero: [0x5d, 3],
} as const;
const BINARY = { and: 0x4e, andnot: 0x4f, or: 0x50, xor: 0x51 } as const;

/** One lane of v read from memory. */
type LaneLoad = (address: Operand<"i32">, v: Operand<"v128">, lane: number, offset?: number) => Expr<"v128">;

interface Rest {
  readonly load8_lane: LaneLoad;
  readonly load16_lane: LaneLoad;
  readonly load32_lane: LaneLoad;
  readonly load64_lane: LaneLoad;
  readonly not: Instruction<readonly ["v128"], "v128">;
  readonly any_true: Instruction<readonly ["v128"], "i32">;
  /** Bits of the first where the third has 1, of the second where it has 0. */
  readonly bitselect: Instruction<readonly ["v128", "v128", "v128"], "v128">;
}

/** 16 bytes, without regard to lanes. Loads widen (8x8 ... 32x2), repeat (splat) or pad with zeros (zero) what they read. */
export const v128: Named<typeof LOADS, Load<"v128">> & Named<typeof BINARY, Instruction<readonly ["v128", "v128"], "v128">> & Rest = {
  ...loads("v128", simd, "v128", LOADS),
  ...instructions("v128", [simd, 0], ["v128", "v128"], "v128", BINARY),
  ...instructions("v128", [simd, 0], ["v128"], "v128", { not: 0x4d }),
  ...instructions("v128", [simd, 0], ["v128"], "i32", { any_true: 0x53 }),
  ...instructions("v128", [simd, 0], ["v128", "v128", "v128"], "v128", { bitselect: 0x52 }),
  load8_lane: laneLoad("load8_lane", 0),
  load16_lane: laneLoad("load16_lane", 1),
  load32_lane: laneLoad("load32_lane", 2),
  load64_lane: laneLoad("load64_lane", 3),
};

function laneLoad(member: string, log2Bytes: number): LaneLoad {
  const name = `v128.${member}`;
  return (address, v, lane, offset = 0) => {
    checkLane(member, lane, 16 >> log2Bytes);
    const code = memoryCode(simd, [0x54 + log2Bytes, log2Bytes], offset).concat(lane);
    return new Expr(name, "v128", code, [operandOf("i32", address, name), operandOf("v128", v, name)]);
  };
}
