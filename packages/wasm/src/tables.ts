import type { Expr, Local } from "./expression.ts";
import type { FunctionBuilder, ResultType } from "./function-builder.ts";
import { i32 } from "./scalar.ts";

type Address = Local<"i32">;

/** The addresses of a kernel's arrays, by name. */
export type Tables<Name extends string> = { readonly [name in Name]: Address };

/** The arrays' addresses, from where they lie in the order of their names. */
export function readTables<Name extends string, R extends ResultType>(
  f: FunctionBuilder<R>,
  tables: Address,
  names: readonly Name[],
): Tables<Name> {
  return Object.fromEntries(names.map((name, k) => [name, f.let(i32.load(tables, 4 * k))])) as Tables<Name>;
}

/** Of an array of indices. */
export function at(array: Address, index: Expr<"i32">): Expr<"i32"> {
  return i32.load(place(array, index));
}

/** The address of an index in its array. */
export function place(array: Address, index: Expr<"i32">): Expr<"i32"> {
  return i32.add(array, i32.shl(index, 2));
}
