import { checkInteger, checkLength } from "@slam/errors";
import { Expr, instruction, type Operand, operandOf, type ValueType, VectorConstant } from "./expression.ts";
import { simd } from "./instructions.ts";

type LaneNumber<T extends ValueType> = T extends "i64" ? bigint : number;

/** What every view of 16 bytes as lanes has; T is what a lane is outside its vector. */
export interface LaneAccess<T extends ValueType> {
  /** As many numbers as lanes. */
  const(...lanes: readonly LaneNumber<T>[]): Expr<"v128">;
  splat(x: Operand<T>): Expr<"v128">;
  replace_lane(v: Operand<"v128">, lane: number, x: Operand<T>): Expr<"v128">;
  /** A constant choice of lanes from a and b; those of b are counted on from a's. */
  shuffle(a: Operand<"v128">, b: Operand<"v128">, lanes: readonly number[]): Expr<"v128">;
}

/** One lane; its name says whether the sign is extended. */
export type Extract<T extends ValueType> = (v: Operand<"v128">, lane: number) => Expr<T>;

/** A view of v128 as lanes: its name, their number, what they are alone, and the opcodes. */
export interface Shape<T extends ValueType> {
  readonly name: string;
  readonly lanes: number;
  readonly type: T;
  readonly splat: number;
  readonly replace: number;
  /** The bytes of a lane's constant. */
  readonly bytes: (x: LaneNumber<T>) => readonly number[];
}

export function laneAccess<T extends ValueType>({ name, lanes: count, type, splat, replace, bytes }: Shape<T>): LaneAccess<T> {
  // Codecs repeat a few constants in each of their operations.
  const splats = new Map<string, Expr<"v128">>();
  const constant = (lanes: readonly LaneNumber<T>[]): Expr<"v128"> => {
    checkLength(`${name}.const`, lanes.length, count);
    return new VectorConstant(`${name}.const`, [...simd(0x0c), ...lanes.flatMap(bytes)]);
  };
  return {
    const: (...lanes) => constant(lanes),
    splat: (x) => {
      if (!(x instanceof Expr)) {
        const key = Object.is(x, -0) ? "-0" : String(x);
        let found = splats.get(key);
        if (found === undefined) {
          operandOf(type, x, `${name}.splat`);
          found = constant(Array.from({ length: count }, () => x as LaneNumber<T>));
          splats.set(key, found);
        }
        return found;
      }
      return instruction(`${name}.splat`, "v128", simd(splat), [type], [x]);
    },
    replace_lane: (v, lane, x) => {
      checkLane(`${name}.replace_lane`, lane, count);
      return instruction(`${name}.replace_lane`, "v128", [...simd(replace), lane], ["v128", type], [v, x]);
    },
    shuffle: (a, b, lanes) => {
      checkLength(`${name}.shuffle: lanes`, lanes.length, count);
      const width = 16 / count;
      const chosen = lanes.flatMap((lane) => {
        checkLane(`${name}.shuffle`, lane, 2 * count);
        return Array.from({ length: width }, (_, byte) => lane * width + byte);
      });
      return instruction(`${name}.shuffle`, "v128", [...simd(0x0d), ...chosen], ["v128", "v128"], [a, b]);
    },
  };
}

export function extractLane<T extends ValueType>(name: string, opcode: number, count: number, type: T): Extract<T> {
  return (v, lane) => {
    checkLane(name, lane, count);
    return instruction(name, type, [...simd(opcode), lane], ["v128"], [v]);
  };
}

export function checkLane(name: string, lane: number, count: number): void {
  checkInteger(`${name}: lane`, lane, 0, count - 1);
}
