import { at, type Expr, type FunctionBuilder, i32, type Local, type ModuleBuilder, place } from "@slam/wasm";

type Index = Local<"i32">;
type Body = FunctionBuilder<"i32" | "void">;

/** A graph's edges by the poses at their ends, and what can be reached along them; the loops of walk.ts. Addresses of arrays of integers, n poses, m edges. */
export type SpreadKernels = {
  /** start, of n + 2 zeros, and edge, of 2 m, <- `incidence`. */
  listEdges(n: number, m: number, from: number, to: number, start: number, edge: number): void;
  /** `spread` with a queue of n; the steps behind the first `count` are written. Returns how many there are then. */
  spread(
    n: number,
    from: number,
    to: number,
    start: number,
    edge: number,
    placed: number,
    queue: number,
    parents: number,
    children: number,
    edges: number,
    count: number,
  ): number;
  /** parent <- trees of one pose each. */
  plant(n: number, parent: number): void;
  /** Joins the trees at both ends of m edges: the lower root is the root of both. */
  join(m: number, from: number, to: number, parent: number): void;
  /** The first root from k on; n where there is none. */
  nextRoot(n: number, parent: number, k: number): number;
};

const a = "i32";

export function spreadKernels(m: ModuleBuilder<SpreadKernels>): void {
  m.func("listEdges", { n: a, m: a, from: a, to: a, start: a, edge: a }, "void", (f, { n, m, from, to, start, edge }) => {
    const bothEnds = (visit: (e: Index, pose: Index) => void): void =>
      f.for(0, m, 1, (e) => {
        for (const end of [from, to]) visit(e, f.let(at(end, e)));
      });
    bothEnds((_, pose) => increment(f, start, pose, 8));
    const sum = f.let(i32.const(0));
    f.for(0, n, 1, (k) => {
      const row = f.let(place(start, k));
      f.set(sum, i32.add(sum, i32.load(row, 8)));
      f.store(row, sum, 8);
    });
    bothEnds((e, pose) => f.store(place(edge, increment(f, start, pose, 4)), e));
  });

  const reached = { n: a, from: a, to: a, start: a, edge: a, placed: a, queue: a, parents: a, children: a, edges: a, count: a } as const;
  m.func("spread", reached, a, (f, { n, from, to, start, edge, placed, queue, parents, children, edges, count }) => {
    const tail = f.let(queue);
    const append = (k: Index): void => {
      f.store(tail, k);
      f.set(tail, i32.add(tail, 4));
    };
    f.for(0, n, 1, (k) => f.if(i32.eq(at(placed, k), 1), () => append(k)));
    const head = f.let(queue);
    f.while(i32.lt_u(head, tail), () => {
      const k = f.let(i32.load(head));
      f.set(head, i32.add(head, 4));
      f.for(at(start, k), f.let(at(start, i32.add(k, 1))), 1, (t) => {
        const e = f.let(at(edge, t));
        const other = f.let(at(to, e));
        const isBack = f.let(i32.eq(other, k));
        f.if(isBack, () => f.set(other, at(from, e)));
        f.if(i32.ne(at(placed, other), 1), () => {
          f.store(place(placed, other), i32.const(1));
          f.store(place(parents, count), k);
          f.store(place(children, count), other);
          f.store(place(edges, count), i32.or(i32.shl(e, 1), isBack));
          f.set(count, i32.add(count, 1));
          append(other);
        });
      });
    });
    return count;
  });

  m.func("plant", { n: a, parent: a }, "void", (f, { n, parent }) => f.for(0, n, 1, (k) => f.store(place(parent, k), k)));

  m.func("join", { m: a, from: a, to: a, parent: a }, "void", (f, { m, from, to, parent }) =>
    f.for(0, m, 1, (e) => {
      const [low, high] = [from, to].map((ends) => rootOf(f, parent, at(ends, e)));
      f.if(
        i32.lt_s(low, high),
        () => f.store(place(parent, high), low),
        () => f.store(place(parent, low), high),
      );
    }),
  );

  m.func("nextRoot", { n: a, parent: a, k: a }, a, (f, { n, parent, k }) => {
    f.for(k, n, 1, (pose) => f.if(i32.eq(at(parent, pose), pose), () => f.return(pose)));
    return n;
  });
}

/** What array[k] was, at an offset in bytes, before it is one more. */
function increment(f: Body, array: Index, k: Index, offset: number): Index {
  const element = f.let(place(array, k));
  const before = f.let(i32.load(element, offset));
  f.store(element, i32.add(before, 1), offset);
  return before;
}

function rootOf(f: Body, parent: Index, k: Expr<"i32">): Index {
  const root = f.let(k);
  const above = f.let(at(parent, root));
  f.while(i32.ne(above, root), () => {
    f.set(above, at(parent, above));
    f.store(place(parent, root), above);
    f.set(root, above);
    f.set(above, at(parent, root));
  });
  return root;
}
