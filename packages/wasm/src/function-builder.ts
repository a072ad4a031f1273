import { EmitError } from "./emit-error.ts";
import { type Code, Expr, Local, type Operand, type Owner, operandOf, setLocal, type ValueType } from "./expression.ts";
import { memoryCode, scalar, simd } from "./instructions.ts";
import { checkLane } from "./lane-access.ts";

/** What JavaScript passes to a kernel and gets from it. */
export type NumberType = "i32" | "f32" | "f64";
export type ResultType = NumberType | "void";
/** What the body of a function of this result gives; without a result, anything. */
export type Returned<R extends ResultType> = Expr<R & NumberType> | (R extends NumberType ? number : unknown);

/** A function while it is written. */
export interface FunctionDraft<R extends ResultType> extends Owner {
  readonly name: string;
  readonly result: R;
  /** How many of the types are parameters; the others are locals. */
  readonly params: number;
  readonly code: Code[];
  finished: boolean;
}

const VOID = 0x40;
const END = 0x0b;
const STORES = { i32: [0x36, 2], i64: [0x37, 3], f32: [0x38, 2], f64: [0x39, 3] } as const;

/** The statements of a function, in the order of the calls. Expressions are computed where a statement uses them. */
export class FunctionBuilder<R extends ResultType = ResultType> {
  readonly #draft: FunctionDraft<R>;

  constructor(draft: FunctionDraft<R>) {
    this.#draft = draft;
  }

  /** A new local that holds the value. */
  let<T extends ValueType>(value: Expr<T>): Local<T> {
    checkExpression("let", value);
    const { types } = this.#draft;
    const local = new Local(value.type, types.push(value.type) - 1, this.#draft);
    this.set(local, value as Operand<T>);
    return local;
  }

  /** local <- value */
  set<T extends ValueType>(local: Local<T>, value: Operand<T>): void {
    const expression = value instanceof Expr && value.type === local.type ? value : operandOf(local.type, value, `set of ${local.name}`);
    local.checkOwner(this.#draft);
    this.#write(expression, setLocal(local.index));
  }

  /** Memory at address + offset <- all bytes of the value. */
  store(address: Operand<"i32">, value: Expr, offset = 0): void {
    checkExpression("store", value);
    const code = value.type === "v128" ? memoryCode(simd, [0x0b, 4], offset) : memoryCode(scalar, STORES[value.type], offset);
    this.#store("store", address, value, code);
  }

  /** Memory <- the low byte of the value. */
  store8(address: Operand<"i32">, value: Operand<"i32">, offset = 0): void {
    this.#store("store8", address, operandOf("i32", value, "store8"), memoryCode(scalar, [0x3a, 0], offset));
  }

  /** Memory <- the low two bytes of the value. */
  store16(address: Operand<"i32">, value: Operand<"i32">, offset = 0): void {
    this.#store("store16", address, operandOf("i32", value, "store16"), memoryCode(scalar, [0x3b, 1], offset));
  }

  /** Memory <- one lane of `bits` bits of v. */
  storeLane(bits: 8 | 16 | 32 | 64, address: Operand<"i32">, v: Expr<"v128">, lane: number, offset = 0): void {
    const log2Bytes = Math.log2(bits) - 3;
    checkLane(`store${bits}_lane`, lane, 128 / bits);
    const code = [...memoryCode(simd, [0x58 + log2Bytes, log2Bytes], offset), lane];
    this.#store(`store${bits}_lane`, address, operandOf("v128", v, `store${bits}_lane`), code);
  }

  if(condition: Operand<"i32">, then: () => void, otherwise?: () => void): void {
    this.#write(operandOf("i32", condition, "if"), [0x04, VOID]);
    then();
    if (otherwise !== undefined) {
      this.#emit([0x05]);
      otherwise();
    }
    this.#emit([END]);
  }

  /** The condition is computed before each pass. */
  while(condition: Operand<"i32">, body: () => void): void {
    this.#emit([0x02, VOID, 0x03, VOID]);
    this.#write(operandOf("i32", condition, "while"), [0x45, 0x0d, 1]);
    body();
    this.#emit([0x0c, 0, END, END]);
  }

  /** At least one pass; the body returns the condition for another. */
  doWhile(body: () => Operand<"i32">): void {
    this.#emit([0x03, VOID]);
    this.#write(operandOf("i32", body(), "doWhile"), [0x0d, 0, END]);
  }

  /**
   * i = from, from + step, ... while i < to, all unsigned and below 2^32. For counts and for addresses.
   *
   * @param to a local or a number: it is compared with in each pass.
   */
  for(from: Operand<"i32">, to: Local<"i32"> | number, step: Local<"i32"> | number, body: (i: Local<"i32">) => void): void {
    const i = this.let(operandOf("i32", from, "for"));
    const isBelow = (): Expr<"i32"> => new Expr("for", "i32", [0x49], [i, operandOf("i32", to, "for")]);
    this.if(isBelow(), () => {
      this.doWhile(() => {
        body(i);
        this.set(i, new Expr("for", "i32", [0x6a], [i, operandOf("i32", step, "for")]));
        return isBelow();
      });
    });
  }

  /** Ends the function, with the value where it has a result. */
  return(...[value]: R extends NumberType ? [Operand<R>] : []): void {
    const { result } = this.#draft;
    if (result === "void") this.#emit([0x0f]);
    else this.#write(operandOf(result, value, "return"), [0x0f]);
  }

  #store(name: string, address: Operand<"i32">, value: Expr, code: Code): void {
    this.#write(operandOf("i32", address, name));
    this.#write(value, code);
  }

  #write(value: Expr, then?: Code): void {
    this.#checkUnfinished();
    value.write(this.#draft.code, this.#draft);
    if (then !== undefined) this.#draft.code.push(then);
  }

  #emit(code: Code): void {
    this.#checkUnfinished();
    this.#draft.code.push(code);
  }

  #checkUnfinished(): void {
    if (this.#draft.finished) throw new EmitError(`${this.#draft.name} is finished: a statement came after its body`);
  }
}

/** A number could be of several types. */
function checkExpression(statement: string, value: unknown): void {
  if (!(value instanceof Expr)) throw new EmitError(`${statement} takes an expression, found ${value}`);
}
