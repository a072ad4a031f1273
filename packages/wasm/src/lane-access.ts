import { checkInteger, checkLength } from "@slam/errors";
import { Expr, type Operand, operandOf, type ValueType, VectorConstant } from "./expression.ts";
import { simd } from "./instructions.ts";

const SHUFFLE = simd(0x0d);

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
  const [splatCode, replaceCode] = [simd(splat), simd(replace)];
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
      return new Expr(`${name}.splat`, "v128", splatCode, [operandOf(type, x, `${name}.splat`)]);
    },
    replace_lane: (v, lane, x) => {
      const user = `${name}.replace_lane`;
      checkLane(user, lane, count);
      return new Expr(user, "v128", replaceCode.concat(lane), [operandOf("v128", v, user), operandOf(type, x, user)]);
    },
    shuffle: (a, b, lanes) => {
      const user = `${name}.shuffle`;
      checkLength(`${user}: lanes`, lanes.length, count);
      const width = 16 / count;
      const code = [...SHUFFLE];
      for (let k = 0; k < count; k++) {
        checkLane(user, lanes[k], 2 * count);
        for (let byte = 0; byte < width; byte++) code.push(lanes[k] * width + byte);
      }
      return new Expr(user, "v128", code, [operandOf("v128", a, user), operandOf("v128", b, user)]);
    },
  };
}

export function extractLane<T extends ValueType>(name: string, opcode: number, count: number, type: T): Extract<T> {
  const code = simd(opcode);
  return (v, lane) => {
    checkLane(name, lane, count);
    return new Expr(name, type, code.concat(lane), [operandOf("v128", v, name)]);
  };
}

export function checkLane(name: string, lane: number, count: number): void {
  checkInteger(`${name}: lane`, lane, 0, count - 1);
}
