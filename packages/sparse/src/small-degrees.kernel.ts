import { at, type FunctionBuilder, i32, type Local, type ModuleBuilder, place, select } from "@slam/wasm";
import { LONGEST } from "./small-degrees.ts";

type Address = Local<"i32">;

/** `eliminateSmallDegrees` of a graph of n vertices, whose names are their numbers. Addresses of arrays of length n, and of the graph's. */
export type SmallDegreesKernels = {
  /** Returns how many are in `eliminated`. Changes neighbours and degree, and marks with 1 in `gone`; `twos` and `ones` are stacks. */
  eliminateSmall(
    n: number,
    rowPtr: number,
    neighbours: number,
    degree: number,
    gone: number,
    eliminated: number,
    twos: number,
    ones: number,
  ): number;
  /** names[k] <- the k-th vertex that is left, `place` the inverse, and starts <- where its list begins, n + 1 numbers at most; returns how many. */
  renameRest(n: number, degree: number, gone: number, place: number, names: number, starts: number): number;
  /** neighbours <- the lists of those that are left, renamed, side by side. */
  gatherRest(n: number, rowPtr: number, neighbours: number, degree: number, gone: number, place: number): void;
  /** target <- the names of n vertices in that order. */
  nameRest(n: number, names: number, order: number, target: number): void;
};

const a = "i32";

export function smallDegreesKernels(m: ModuleBuilder<SmallDegreesKernels>): void {
  const graph = { n: a, rowPtr: a, neighbours: a, degree: a, gone: a } as const;
  m.func("eliminateSmall", { ...graph, eliminated: a, twos: a, ones: a }, a, (f, arrays) => emitEliminate(f, arrays));

  m.func("renameRest", { n: a, degree: a, gone: a, place: a, names: a, starts: a }, a, (f, p) => {
    const size = f.let(i32.const(0));
    const end = f.let(i32.const(0));
    f.for(0, p.n, 1, (v) => {
      f.if(i32.eqz(at(p.gone, v)), () => {
        f.store(place(p.names, size), v);
        f.store(place(p.place, v), size);
        f.set(size, i32.add(size, 1));
        f.set(end, i32.add(end, at(p.degree, v)));
        f.store(place(p.starts, size), end);
      });
    });
    return size;
  });

  m.func("gatherRest", { ...graph, place: a }, "void", (f, { n, rowPtr, neighbours, degree, gone, place: placeOf }) => {
    // Never ahead of what is read.
    const to = f.let(neighbours);
    f.for(0, n, 1, (v) => {
      f.if(i32.eqz(at(gone, v)), () => {
        const begin = f.let(place(neighbours, at(rowPtr, v)));
        const end = f.let(i32.add(begin, i32.shl(at(degree, v), 2)));
        f.for(begin, end, 4, (p) => {
          f.store(to, at(placeOf, i32.load(p)));
          f.set(to, i32.add(to, 4));
        });
      });
    });
  });

  m.func("nameRest", { n: a, names: a, order: a, target: a }, "void", (f, { n, names, order, target }) => {
    f.for(0, n, 1, (k) => f.store(place(target, k), at(names, at(order, k))));
  });
}

/** A stack of vertices, and how many it has. */
interface Stack {
  readonly items: Address;
  readonly size: Address;
}

type Arrays = { readonly [name in "n" | "rowPtr" | "neighbours" | "degree" | "gone" | "eliminated" | "twos" | "ones"]: Address };

function emitEliminate(f: FunctionBuilder<"i32">, { n, rowPtr, neighbours, degree, gone, eliminated, ...stacks }: Arrays): Address {
  const twos: Stack = { items: stacks.twos, size: f.let(i32.const(0)) };
  const ones: Stack = { items: stacks.ones, size: f.let(i32.const(0)) };
  const count = f.let(i32.const(0));
  const push = ({ items, size }: Stack, v: Address): void => {
    f.store(place(items, size), v);
    f.set(size, i32.add(size, 1));
  };
  const listOf = (v: Address): Address => f.let(place(neighbours, at(rowPtr, v)));

  f.for(0, n, 1, (v) => {
    const d = f.let(i32.sub(at(rowPtr, i32.add(v, 1)), at(rowPtr, v)));
    f.store(place(degree, v), d);
    f.if(
      i32.eq(d, 2),
      () => push(twos, v),
      () => f.if(i32.lt_u(d, 2), () => push(ones, v)),
    );
  });

  /** Takes the neighbour at that address out of v's list. */
  const drop = (v: Address, address: Address): void => {
    const left = f.let(i32.sub(at(degree, v), 1));
    f.store(place(degree, v), left);
    f.store(address, i32.load(i32.add(listOf(v), i32.shl(left, 2))));
    f.if(
      i32.eq(left, 2),
      () => push(twos, v),
      () => f.if(i32.eq(left, 1), () => push(ones, v)),
    );
  };

  f.while(i32.or(ones.size, twos.size), () => {
    const v = f.let(i32.const(0));
    const pop = ({ items, size }: Stack): void => {
      f.set(size, i32.sub(size, 1));
      f.set(v, at(items, size));
    };
    f.if(
      ones.size,
      () => pop(ones),
      () => pop(twos),
    );
    const d = f.let(at(degree, v));
    const first = f.let(v);
    f.if(d, () => f.set(first, i32.load(listOf(v))));
    const second = f.let(first);
    f.if(i32.gt_u(d, 1), () => f.set(second, i32.load(listOf(v), 4)));
    const isLong = i32.or(i32.gt_s(at(degree, first), LONGEST), i32.gt_s(at(degree, second), LONGEST));
    f.if(i32.eqz(i32.or(at(gone, v), isLong)), () => {
      f.store(place(gone, v), i32.const(1));
      f.store(place(eliminated, count), v);
      f.set(count, i32.add(count, 1));
      f.if(d, () => {
        const inFirst = placeOf(f, listOf(first), v);
        f.if(
          i32.eq(d, 1),
          () => drop(first, inFirst),
          () => {
            const inSecond = placeOf(f, listOf(second), v);
            f.if(
              contains(f, listOf(first), f.let(at(degree, first)), second),
              () => {
                drop(first, inFirst);
                drop(second, inSecond);
              },
              () => {
                f.store(inFirst, second);
                f.store(inSecond, first);
              },
            );
          },
        );
      });
    });
  });
  return count;
}

/** Where v is in a list that has it. */
function placeOf(f: FunctionBuilder<"i32">, list: Address, v: Address): Address {
  const found = f.let(list);
  f.while(i32.ne(i32.load(found), v), () => f.set(found, i32.add(found, 4)));
  return found;
}

/** Whether v is in a list. */
function contains(f: FunctionBuilder<"i32">, list: Address, length: Address, v: Address): Address {
  const found = f.let(i32.const(0));
  f.for(list, f.let(i32.add(list, i32.shl(length, 2))), 4, (p) => {
    f.set(found, select(i32.const(1), found, i32.eq(i32.load(p), v)));
  });
  return found;
}
