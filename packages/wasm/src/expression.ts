import { EmitError } from "./emit-error.ts";
import { float32, float64, signed, signed64, unsigned } from "./encoding.ts";

/** WebAssembly's types of values; v128 is 16 bytes, whatever lanes an instruction sees in them. */
export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128";

/** A value of type T where an instruction takes one: an expression, or a number that becomes a constant. */
export type Operand<T extends ValueType> = Expr<T> | (T extends "v128" ? never : T extends "i64" ? bigint : number);

/** Bytes of an instruction or some. Functions are lists of them: one instruction's bytes are made once, and copied once. */
export type Code = readonly number[];

/** The function that expressions become part of, as far as they know it. */
export interface Owner {
  /** Of the parameters, then the locals. */
  readonly types: ValueType[];
  /** Code that runs first. */
  readonly prologue: Code[];
  /** The local of each vector constant, by its code. */
  readonly constants: Map<string, number>;
}

/**
 * An instruction with its operands: a tree, computed where a statement uses it.
 * It is used once: a value that is needed again, or before something that it reads is written, is kept in a local by `f.let`.
 *
 * A solve's kernels are thousands of these, made before the engine has optimised anything: what makes and writes them goes without rest parameters,
 * spreads and iterators, which took a tenth of the emission.
 */
export class Expr<T extends ValueType = ValueType> {
  readonly type: T;
  protected readonly code: Code;
  readonly #name: string;
  readonly #operands: readonly Expr[];
  #used = false;

  /** @param code the opcode and its immediates. */
  constructor(name: string, type: T, code: Code, operands: readonly Expr[]) {
    this.type = type;
    this.code = code;
    this.#name = name;
    this.#operands = operands;
  }

  /** As in WebAssembly's text format: "f64x2.mul". */
  get name(): string {
    return this.#name;
  }

  /** Appends the code, operands first. */
  write(out: Code[], owner: Owner): void {
    const operands = this.#operands;
    // A constant costs nothing to repeat.
    if (this.#used && operands.length > 0) throw new EmitError(`${this.name} is used twice: keep its value with f.let`);
    this.#used = true;
    for (let k = 0; k < operands.length; k++) operands[k].write(out, owner);
    out.push(this.code);
  }
}

/** A variable of a function, or its parameter. May be used as often as one likes. */
export class Local<T extends ValueType = ValueType> extends Expr<T> {
  readonly index: number;
  readonly #owner: Owner;

  constructor(type: T, index: number, owner: Owner) {
    super("local", type, getLocal(index), NO_OPERANDS);
    this.index = index;
    this.#owner = owner;
  }

  override get name(): string {
    return `local ${this.index}`;
  }

  override write(out: Code[], owner: Owner): void {
    this.checkOwner(owner);
    out.push(this.code);
  }

  /** @throws EmitError unless the local is the owner's. */
  checkOwner(owner: Owner): void {
    if (owner !== this.#owner) throw new EmitError(`${this.name} belongs to another function`);
  }
}

/** A vector constant, made once at the function's start: in a loop V8 makes it anew in each pass, which cost codecs a factor of 2.5. */
export class VectorConstant extends Expr<"v128"> {
  readonly #key: string;

  constructor(name: string, code: Code) {
    super(name, "v128", code, NO_OPERANDS);
    this.#key = code.join();
  }

  override write(out: Code[], { types, prologue, constants }: Owner): void {
    let index = constants.get(this.#key);
    if (index === undefined) {
      index = types.push("v128") - 1;
      constants.set(this.#key, index);
      prologue.push(this.code, setLocal(index));
    }
    out.push(getLocal(index));
  }
}

const NO_OPERANDS: readonly Expr[] = [];
const GET_LOCAL: Code[] = [];
const SET_LOCAL: Code[] = [];

function getLocal(index: number): Code {
  GET_LOCAL[index] ??= [0x20].concat(unsigned(index));
  return GET_LOCAL[index];
}

/** Takes the value that was computed last. */
export function setLocal(index: number): Code {
  SET_LOCAL[index] ??= [0x21].concat(unsigned(index));
  return SET_LOCAL[index];
}

/** The operand as an expression of the type. @param user the instruction or statement that takes it, for the message. */
export function operandOf<T extends ValueType>(type: T, operand: unknown, user: string): Expr<T> {
  if (operand instanceof Expr && operand.type === type) return operand;
  const immediate = IMMEDIATES[type](operand);
  if (immediate !== undefined) return new Expr(`${type}.const`, type, immediate, NO_OPERANDS);
  const found = operand instanceof Expr ? `${operand.name}, of type ${operand.type}` : String(operand);
  throw new EmitError(`${user} takes a value of type ${type}, found ${found}`);
}

/** The code of a constant, or undefined where the value is none of the type. An i32 may be written signed or unsigned. */
const IMMEDIATES: { readonly [T in ValueType]: (value: unknown) => Code | undefined } = {
  i32: (n) => (typeof n === "number" && Number.isInteger(n) && n >= -(2 ** 31) && n < 2 ** 32 ? [0x41].concat(signed(n | 0)) : undefined),
  i64: (n) => (typeof n === "bigint" ? [0x42].concat(signed64(BigInt.asIntN(64, n))) : undefined),
  f32: (x) => (typeof x === "number" ? [0x43].concat(float32(x)) : undefined),
  f64: (x) => (typeof x === "number" ? [0x44].concat(float64(x)) : undefined),
  v128: () => undefined,
};
