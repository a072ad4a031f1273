import { EmitError } from "./emit-error.ts";
import { list, name, sized, unsigned } from "./encoding.ts";
import { Local, operandOf, type ValueType } from "./expression.ts";
import { FunctionBuilder, type FunctionDraft, type NumberType, type ResultType, type Returned } from "./function-builder.ts";

/** A function of a module, as JavaScript calls it: addresses and counts are i32, numbers f32 or f64; it returns a number or nothing. */
export type Kernel = (...numbers: number[]) => void;

/** The parameters of a function, as its body sees them. */
export type Locals<P> = { readonly [name in keyof P]: P[name] extends ValueType ? Local<P[name]> : never };

type ResultOf<F> = F extends (...numbers: never[]) => infer R ? (R extends number ? NumberType : "void") : never;

const TYPE_CODES: { readonly [T in ValueType]: number } = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };
const FUNCTION_TYPE = 0x60;
const FUNCTION_EXPORT = 0;
const MEMORY_IMPORT = 2;
const END = 0x0b;
const HEADER = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** A module of functions on one memory, which whoever instantiates it brings. K names the functions, with their types in JavaScript. */
export class ModuleBuilder<K extends { readonly [name in keyof K]: Kernel }> {
  readonly #functions: FunctionDraft<ResultType>[] = [];

  /**
   * Adds and exports a function.
   *
   * @param params in the order of the call.
   * @param body writes the statements, and returns the result if there is one.
   * @throws EmitError where it is put together wrongly.
   */
  func<N extends keyof K & string, const P extends { readonly [name: string]: NumberType }, R extends ResultOf<K[N]>>(
    name: N,
    params: P,
    result: R,
    body: (f: FunctionBuilder<R>, params: Locals<P>) => Returned<R>,
  ): void {
    if (this.#functions.some((other) => other.name === name)) throw new EmitError(`there are two functions ${name}`);
    const types = Object.values(params);
    const draft: FunctionDraft<R> = {
      name,
      result,
      params: types.length,
      types: [...types],
      prologue: [],
      constants: new Map(),
      code: [],
      finished: false,
    };
    const locals = Object.keys(params).map((param, index) => [param, new Local(params[param], index, draft)]);
    const value = body(new FunctionBuilder(draft), Object.fromEntries(locals) as Locals<P>);
    if (result !== "void") operandOf(result, value, `the result of ${name}`).write(draft.code, draft);
    draft.finished = true;
    this.#functions.push(draft);
  }

  /** The module in WebAssembly's binary format. It imports its memory as "arena" "memory". */
  bytes(): Uint8Array {
    const functions = this.#functions;
    const memory = [...name("arena"), ...name("memory"), MEMORY_IMPORT, 0, 0];
    const sections = [
      section(1, functions.map(signature)),
      section(2, [memory]),
      section(
        3,
        functions.map((_, index) => unsigned(index)),
      ),
      section(
        7,
        functions.map((f, index) => [...name(f.name), FUNCTION_EXPORT, ...unsigned(index)]),
      ),
      section(10, functions.map(functionBody)),
    ];
    return new Uint8Array(HEADER.concat(...sections));
  }
}

function section(id: number, items: readonly (readonly number[])[]): readonly number[] {
  return [id].concat(sized(list(items)));
}

function signature({ params, types, result }: FunctionDraft<ResultType>): readonly number[] {
  const results = result === "void" ? [] : [TYPE_CODES[result]];
  return [FUNCTION_TYPE, ...sized(types.slice(0, params).map((type) => TYPE_CODES[type])), ...sized(results)];
}

/** Locals as runs of one type, the code, the end. */
function functionBody({ params, types, prologue, code }: FunctionDraft<ResultType>): readonly number[] {
  const runs: { readonly type: ValueType; count: number }[] = [];
  for (const type of types.slice(params)) {
    const last = runs.at(-1);
    if (last?.type === type) last.count++;
    else runs.push({ type, count: 1 });
  }
  const locals = list(runs.map(({ type, count }) => [...unsigned(count), TYPE_CODES[type]]));
  return sized(locals.concat(prologue.flat(), code.flat(), END));
}
