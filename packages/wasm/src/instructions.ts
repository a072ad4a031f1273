import { checkInteger } from "@slam/errors";
import { unsigned } from "./encoding.ts";
import { type Code, Expr, type Operand, operandOf, type ValueType } from "./expression.ts";

/** An instruction on operands of the types A. */
export type Instruction<A extends readonly ValueType[], R extends ValueType> = (
  ...operands: { readonly [k in keyof A]: Operand<A[k]> }
) => Expr<R>;

/** Reads memory at address + offset, both in bytes. The address is unsigned and need not be aligned. */
export type Load<R extends ValueType> = (address: Operand<"i32">, offset?: number) => Expr<R>;

/** The members of a table of opcodes, each as an F. */
export type Named<Table, F> = { readonly [name in keyof Table]: F };

/** The bytes of an opcode. */
export type Encode = (opcode: number) => readonly number[];

/** The opcode of an instruction on memory, and log2 of the bytes it touches. */
export type MemoryOpcode = readonly [opcode: number, log2Bytes: number];

export const scalar: Encode = (opcode) => [opcode];
export const simd: Encode = (opcode) => [0xfd].concat(unsigned(opcode));

/** The instructions prefix.name of a table, on operands of the types A; opcodes count from `base`. */
export function instructions<const A extends readonly ValueType[], R extends ValueType, T extends { readonly [name: string]: number }>(
  prefix: string,
  [encode, base]: readonly [Encode, number],
  types: A,
  result: R,
  table: T,
): Named<T, Instruction<A, R>> {
  return named(table, (member, opcode) => instruction(`${prefix}.${member}`, encode(base + opcode), types, result));
}

/** The instruction of that code: with one function for each number of operands, see `Expr`. */
function instruction<A extends readonly ValueType[], R extends ValueType>(
  name: string,
  code: Code,
  types: A,
  result: R,
): Instruction<A, R> {
  const [first, second, third] = types;
  let make: (...operands: never) => Expr<R>;
  if (third !== undefined) {
    make = (a: unknown, b: unknown, c: unknown) =>
      new Expr(name, result, code, [operandOf(first, a, name), operandOf(second, b, name), operandOf(third, c, name)]);
  } else if (second !== undefined) {
    make = (a: unknown, b: unknown) => new Expr(name, result, code, [operandOf(first, a, name), operandOf(second, b, name)]);
  } else {
    make = (a: unknown) => new Expr(name, result, code, [operandOf(first, a, name)]);
  }
  return make as Instruction<A, R>;
}

export function loads<R extends ValueType, T extends { readonly [name: string]: MemoryOpcode }>(
  prefix: string,
  encode: Encode,
  result: R,
  table: T,
): Named<T, Load<R>> {
  return named(table, (member, opcode) => {
    const name = `${prefix}.${member}`;
    const codes = new Map<number, Code>();
    return (address, offset = 0) => {
      let code = codes.get(offset);
      if (code === undefined) {
        code = memoryCode(encode, opcode, offset);
        codes.set(offset, code);
      }
      return new Expr(name, result, code, [operandOf("i32", address, name)]);
    };
  });
}

/** The code of an instruction on memory: opcode, alignment (a hint: the natural one) and offset. */
export function memoryCode(encode: Encode, [opcode, log2Bytes]: MemoryOpcode, offset: number): readonly number[] {
  checkInteger("offset", offset, 0, 2 ** 32 - 1);
  return encode(opcode).concat(log2Bytes, unsigned(offset));
}

function named<T extends { readonly [name: string]: unknown }, F>(table: T, make: (name: string, entry: T[string]) => F): Named<T, F> {
  return Object.fromEntries(Object.entries(table).map(([name, entry]) => [name, make(name, entry as T[string])])) as Named<T, F>;
}
