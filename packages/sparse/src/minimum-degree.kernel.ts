import {
  at,
  type Expr,
  type FunctionBuilder,
  i32,
  type Local,
  type ModuleBuilder,
  place,
  readTables,
  select,
  type Tables,
} from "@slam/wasm";
import { MAX_STAMP } from "./quotient-graph.ts";

type Address = Local<"i32">;
type Body = FunctionBuilder<"i32">;

/** Arrays of `QuotientGraph`, and the order, whose addresses lie in this order at `tables`. */
export const QUOTIENT_ARRAYS = [
  "lists",
  "start",
  "length",
  "elements",
  "size",
  "degree",
  "mark",
  "next",
  "previous",
  "firstOfDegree",
  "nextMember",
  "lastMember",
  "buckets",
  "order",
] as const;

/** Numbers of `QuotientGraph` that lie behind them: the first three stay as they are; `ordered` is how long the order is so far. */
export const QUOTIENT_NUMBERS = [
  "n",
  "capacity",
  "bucketMask",
  "listsEnd",
  "stamp",
  "largestElement",
  "leastDegree",
  "remaining",
  "ordered",
] as const;

/** `minimumDegree` of one group, all vertices. Addresses. */
export type MinimumDegreeKernels = {
  /** Sets up what `QuotientGraph` does, for the graph whose lists are in `lists` already. */
  beginElimination(tables: number, rowPtr: number): void;
  /** Eliminates so many pivots, or what is left; returns how many variables remain. */
  eliminate(tables: number, pivots: number): number;
};

type Arrays = Tables<(typeof QUOTIENT_ARRAYS)[number]>;
type Numbers = Tables<(typeof QUOTIENT_NUMBERS)[number]>;
type Quotient = Arrays & Numbers;

const a = "i32";

export function minimumDegreeKernels(m: ModuleBuilder<MinimumDegreeKernels>): void {
  m.func("beginElimination", { tables: a, rowPtr: a }, "void", (f, { tables, rowPtr }) => {
    const q = readTables(f, tables, [...QUOTIENT_ARRAYS, ...QUOTIENT_NUMBERS]);
    const minusOne = f.let(i32.const(-1));
    f.for(0, q.n, 1, (i) => {
      const begin = f.let(at(rowPtr, i));
      const length = f.let(i32.sub(at(rowPtr, i32.add(i, 1)), begin));
      f.store(place(q.start, i), begin);
      f.store(place(q.length, i), length);
      f.store(place(q.degree, i), length);
      f.store(place(q.elements, i), i32.const(0));
      f.store(place(q.size, i), i32.const(1));
      f.store(place(q.mark, i), i32.const(1));
      f.store(place(q.firstOfDegree, i), minusOne);
      f.store(place(q.nextMember, i), minusOne);
      f.store(place(q.lastMember, i), i);
    });
    f.for(0, q.n, 1, (i) => enterByDegree(f, q, i, f.let(at(q.degree, i))));
    f.for(0, f.let(i32.add(q.bucketMask, 1)), 1, (bucket) => f.store(place(q.buckets, bucket), minusOne));
  });

  m.func("eliminate", { tables: a, pivots: a }, a, (f, { tables, pivots }) => {
    const q = readTables(f, tables, [...QUOTIENT_ARRAYS, ...QUOTIENT_NUMBERS]);
    f.for(0, pivots, 1, () => {
      f.if(q.remaining, () => {
        const pivot = takeLeast(f, q);
        makeRoom(f, q, f.let(at(q.degree, pivot)));
        formElement(f, q, pivot);
        measureOverlaps(f, q, pivot);
        updateVariables(f, q, pivot);
        mergeIndistinguishable(f, q, pivot);
        finishElement(f, q, pivot);
        const i = f.let(pivot);
        f.while(i32.ne(i, -1), () => {
          f.store(place(q.order, q.ordered), i);
          f.set(q.ordered, i32.add(q.ordered, 1));
          f.set(i, at(q.nextMember, i));
        });
      });
    });
    for (const [k, name] of QUOTIENT_NUMBERS.entries()) f.store(tables, q[name], 4 * (QUOTIENT_ARRAYS.length + k));
    return q.remaining;
  });
}

function enterByDegree(f: FunctionBuilder, q: Quotient, i: Address, degree: Address): void {
  const first = f.let(at(q.firstOfDegree, degree));
  f.store(place(q.next, i), first);
  f.store(place(q.previous, i), i32.const(-1));
  f.if(i32.ne(first, -1), () => f.store(place(q.previous, first), i));
  f.store(place(q.firstOfDegree, degree), i);
}

/** The entries of a node's list after the first `skipped`. */
function forEntries(f: Body, q: Quotient, node: Address, skipped: Expr<"i32"> | number, each: (entry: Address) => void): void {
  const begin = f.let(at(q.start, node));
  const end = f.let(i32.add(begin, at(q.length, node)));
  f.for(i32.add(begin, skipped), end, 1, (p) => each(f.let(at(q.lists, p))));
}

function takeLeast(f: Body, q: Quotient): Address {
  // One pivot raises the stamp by no more than 3 n.
  f.if(i32.gt_s(q.stamp, i32.sub(MAX_STAMP, i32.mul(q.n, 3))), () => {
    f.for(0, q.n, 1, (e) => f.store(place(q.mark, e), i32.ne(at(q.mark, e), 0)));
    f.set(q.stamp, i32.const(2));
  });
  const i = f.let(at(q.firstOfDegree, q.leastDegree));
  f.while(i32.eq(i, -1), () => {
    f.set(q.leastDegree, i32.add(q.leastDegree, 1));
    f.set(i, at(q.firstOfDegree, q.leastDegree));
  });
  const after = f.let(at(q.next, i));
  f.store(place(q.firstOfDegree, q.leastDegree), after);
  f.if(i32.ne(after, -1), () => f.store(place(q.previous, after), i32.const(-1)));
  return i;
}

/** The first entry of each living list waits in `start` while ~node holds its place. */
function makeRoom(f: Body, q: Quotient, entries: Address): void {
  f.if(i32.gt_s(i32.add(q.listsEnd, entries), q.capacity), () => {
    f.for(0, q.n, 1, (i) => {
      f.if(at(q.length, i), () => {
        const begin = f.let(place(q.start, i));
        const head = f.let(place(q.lists, i32.load(begin)));
        f.store(begin, i32.load(head));
        f.store(head, i32.xor(i, -1));
      });
    });
    const end = f.let(i32.const(0));
    const p = f.let(i32.const(0));
    f.while(i32.lt_s(p, q.listsEnd), () => {
      const i = f.let(i32.xor(at(q.lists, p), -1));
      f.set(p, i32.add(p, 1));
      f.if(i32.ge_s(i, 0), () => {
        f.store(place(q.lists, end), at(q.start, i));
        f.store(place(q.start, i), end);
        f.set(end, i32.add(end, 1));
        f.for(1, f.let(at(q.length, i)), 1, () => {
          f.store(place(q.lists, end), at(q.lists, p));
          f.set(p, i32.add(p, 1));
          f.set(end, i32.add(end, 1));
        });
      });
    });
    f.set(q.listsEnd, end);
  });
}

function formElement(f: Body, q: Quotient, pivot: Address): void {
  const begin = f.let(at(q.start, pivot));
  const variables = f.let(i32.add(begin, at(q.elements, pivot)));
  const end = f.let(i32.add(begin, at(q.length, pivot)));
  f.set(q.remaining, i32.sub(q.remaining, at(q.size, pivot)));
  f.store(place(q.size, pivot), i32.const(0));
  const elementStart = f.let(q.listsEnd);
  const weight = f.let(i32.const(0));
  // The elements in turn, then the pivot's own variables.
  f.for(begin, f.let(i32.add(variables, 1)), 1, (p) => {
    const from = f.let(variables);
    const to = f.let(end);
    f.if(i32.lt_u(p, variables), () => {
      const e = f.let(at(q.lists, p));
      f.set(from, at(q.start, e));
      f.set(to, i32.add(from, at(q.length, e)));
      f.store(place(q.mark, e), i32.const(0));
      f.store(place(q.length, e), i32.const(0));
    });
    f.for(from, to, 1, (r) => {
      const i = f.let(at(q.lists, r));
      const size = f.let(at(q.size, i));
      f.if(i32.gt_s(size, 0), () => {
        f.set(weight, i32.add(weight, size));
        f.store(place(q.size, i), i32.sub(0, size));
        f.store(place(q.lists, q.listsEnd), i);
        f.set(q.listsEnd, i32.add(q.listsEnd, 1));
        leaveDegree(f, q, i);
      });
    });
  });
  f.store(place(q.start, pivot), elementStart);
  f.store(place(q.length, pivot), i32.sub(q.listsEnd, elementStart));
  f.store(place(q.degree, pivot), weight);
  f.set(q.largestElement, select(weight, q.largestElement, i32.gt_s(weight, q.largestElement)));
}

function leaveDegree(f: Body, q: Quotient, i: Address): void {
  const after = f.let(at(q.next, i));
  const before = f.let(at(q.previous, i));
  f.if(i32.ne(after, -1), () => f.store(place(q.previous, after), before));
  f.if(
    i32.ne(before, -1),
    () => f.store(place(q.next, before), after),
    () => f.store(place(q.firstOfDegree, at(q.degree, i)), after),
  );
}

function measureOverlaps(f: Body, q: Quotient, pivot: Address): void {
  forEntries(f, q, pivot, 0, (i) => {
    const size = f.let(at(q.size, i));
    const begin = f.let(at(q.start, i));
    f.for(begin, f.let(i32.add(begin, at(q.elements, i))), 1, (r) => {
      const e = f.let(at(q.lists, r));
      const mark = f.let(at(q.mark, e));
      f.if(mark, () => {
        const outside = select(i32.add(q.stamp, at(q.degree, e)), mark, i32.lt_s(mark, q.stamp));
        f.store(place(q.mark, e), i32.add(outside, size));
      });
    });
  });
}

function updateVariables(f: Body, q: Quotient, pivot: Address): void {
  forEntries(f, q, pivot, 0, (i) => {
    const begin = f.let(at(q.start, i));
    const variables = f.let(i32.add(begin, at(q.elements, i)));
    const end = f.let(i32.add(begin, at(q.length, i)));
    const to = f.let(begin);
    const outside = f.let(i32.const(0));
    const hash = f.let(i32.const(0));
    const keep = (node: Address, weight: Expr<"i32">): void => {
      // A bound of n and more says no more than n.
      const sum = f.let(i32.add(outside, weight));
      f.set(outside, select(sum, q.n, i32.lt_s(sum, q.n)));
      f.set(hash, i32.add(hash, node));
      f.store(place(q.lists, to), node);
      f.set(to, i32.add(to, 1));
    };
    f.for(begin, variables, 1, (r) => {
      const e = f.let(at(q.lists, r));
      const mark = f.let(at(q.mark, e));
      f.if(
        i32.gt_s(mark, q.stamp),
        () => keep(e, i32.sub(mark, q.stamp)),
        () => {
          f.if(i32.eq(mark, q.stamp), () => {
            f.store(place(q.mark, e), i32.const(0));
            f.store(place(q.length, e), i32.const(0));
          });
        },
      );
    });
    const keptVariables = f.let(to);
    f.for(variables, end, 1, (r) => {
      const j = f.let(at(q.lists, r));
      const size = f.let(at(q.size, j));
      f.if(i32.gt_s(size, 0), () => keep(j, size));
    });
    f.if(
      outside,
      () => {
        // A place is free: i has lost the pivot, or an element that the pivot absorbed.
        f.store(place(q.lists, to), at(q.lists, keptVariables));
        f.store(place(q.lists, keptVariables), at(q.lists, begin));
        f.store(place(q.lists, begin), pivot);
        f.store(place(q.elements, i), i32.add(i32.sub(keptVariables, begin), 1));
        f.store(place(q.length, i), i32.add(i32.sub(to, begin), 1));
        f.if(i32.lt_s(outside, at(q.degree, i)), () => f.store(place(q.degree, i), outside));
        const bucket = f.let(i32.and(hash, q.bucketMask));
        f.store(place(q.previous, i), bucket);
        f.store(place(q.next, i), at(q.buckets, bucket));
        f.store(place(q.buckets, bucket), i);
      },
      () => {
        const size = f.let(at(q.size, i));
        f.set(q.remaining, i32.add(q.remaining, size));
        f.store(place(q.degree, pivot), i32.add(at(q.degree, pivot), size));
        f.store(place(q.length, i), i32.const(0));
        joinMembers(f, q, pivot, i);
      },
    );
  });
  f.set(q.stamp, i32.add(i32.add(q.stamp, q.largestElement), 1));
}

/** The members of j become those of i. */
function joinMembers(f: Body, q: Quotient, i: Address, j: Address): void {
  const last = f.let(place(q.lastMember, i));
  f.store(place(q.size, j), i32.const(0));
  f.store(place(q.nextMember, i32.load(last)), j);
  f.store(last, at(q.lastMember, j));
}

function mergeIndistinguishable(f: Body, q: Quotient, pivot: Address): void {
  forEntries(f, q, pivot, 0, (first) => {
    f.if(at(q.size, first), () => {
      const bucket = f.let(place(q.buckets, at(q.previous, first)));
      const i = f.let(i32.load(bucket));
      f.store(bucket, i32.const(-1));
      f.while(i32.ne(i, -1), () => {
        const j = f.let(at(q.next, i));
        f.if(i32.ne(j, -1), () => mergeInto(f, q, i, j));
        f.set(i, at(q.next, i));
      });
    });
  });
}

/** Those of the chain from j that have the list of i. Both lists begin with the pivot. */
function mergeInto(f: Body, q: Quotient, i: Address, j: Address): void {
  const stamp = f.let(q.stamp);
  f.set(q.stamp, i32.add(q.stamp, 1));
  const count = f.let(at(q.length, i));
  const elements = f.let(at(q.elements, i));
  forEntries(f, q, i, 1, (entry) => f.store(place(q.mark, entry), stamp));
  const before = f.let(i);
  f.while(i32.ne(j, -1), () => {
    const same = f.let(i32.and(i32.eq(at(q.length, j), count), i32.eq(at(q.elements, j), elements)));
    const r = f.let(i32.add(at(q.start, j), 1));
    const end = f.let(i32.sub(i32.add(r, count), 1));
    f.while(i32.and(same, i32.lt_u(r, end)), () => {
      f.set(same, i32.eq(at(q.mark, at(q.lists, r)), stamp));
      f.set(r, i32.add(r, 1));
    });
    const after = f.let(at(q.next, j));
    f.if(
      same,
      () => {
        f.store(place(q.size, i), i32.add(at(q.size, i), at(q.size, j)));
        f.store(place(q.length, j), i32.const(0));
        joinMembers(f, q, i, j);
        f.store(place(q.next, before), after);
      },
      () => f.set(before, j),
    );
    f.set(j, after);
  });
}

function finishElement(f: Body, q: Quotient, pivot: Address): void {
  const weight = f.let(at(q.degree, pivot));
  const begin = f.let(at(q.start, pivot));
  const to = f.let(begin);
  forEntries(f, q, pivot, 0, (i) => {
    const size = f.let(i32.sub(0, at(q.size, i)));
    f.if(size, () => {
      f.store(place(q.size, i), size);
      const bound = f.let(i32.add(at(q.degree, i), weight));
      // d(i) <- min(what is left, |outside Lp| + |Lp|), without i itself
      const degree = f.let(i32.sub(select(bound, q.remaining, i32.lt_s(bound, q.remaining)), size));
      f.store(place(q.degree, i), degree);
      f.store(place(q.lists, to), i);
      f.set(to, i32.add(to, 1));
      enterByDegree(f, q, i, degree);
      f.set(q.leastDegree, select(degree, q.leastDegree, i32.lt_s(degree, q.leastDegree)));
    });
  });
  f.store(place(q.length, pivot), i32.sub(to, begin));
  f.set(q.listsEnd, to);
}
