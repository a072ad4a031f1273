import { at, type Expr, type FunctionBuilder, i32, type Local, place, type ResultType, select } from "@slam/wasm";

type Address = Local<"i32">;

/**
 * Sorts a list of indices in place, by Shell's method: without further memory, and fast where the list is a merger of few ascending ones.
 *
 * @param precedes a strict order without ties.
 * @see Gonnet and Baeza-Yates, Handbook of Algorithms and Data Structures, Addison-Wesley 1991, 4.1.4: each gap 5/11 of the one before.
 */
export function sortIndices<R extends ResultType>(
  f: FunctionBuilder<R>,
  list: Address,
  count: Address,
  precedes: (a: Address, b: Address) => Expr<"i32">,
): void {
  const gap = f.let(count);
  f.while(i32.gt_u(gap, 1), () => {
    f.set(gap, i32.shr_u(i32.mul(gap, 465), 10));
    f.set(gap, select(gap, i32.const(1), gap));
    f.for(gap, count, 1, (i) => {
      const item = f.let(at(list, i));
      const hole = f.let(i);
      const moves = f.let(i32.const(1));
      f.while(moves, () => {
        const before = f.let(at(list, i32.sub(hole, gap)));
        f.set(moves, precedes(item, before));
        f.if(moves, () => {
          f.store(place(list, hole), before);
          f.set(hole, i32.sub(hole, gap));
          f.set(moves, i32.ge_u(hole, gap));
        });
      });
      f.store(place(list, hole), item);
    });
  });
}
