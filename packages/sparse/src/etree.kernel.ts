import { at, i32, type ModuleBuilder, place } from "@slam/wasm";

/** `postordered`: addresses of the graph's arrays, and of others of length n. */
export type TreeKernels = {
  /** parent <- the elimination tree of P A P'; `inverse` that of the order, `ancestor` for its own use. */
  findTree(n: number, rowPtr: number, colIdx: number, order: number, inverse: number, parent: number, ancestor: number): void;
  /** post <- the order with the tree postordered; `firstChild` and `sibling` for its own use. */
  orderByTree(n: number, order: number, parent: number, firstChild: number, sibling: number, post: number): void;
};

const a = "i32";

export function treeKernels(m: ModuleBuilder<TreeKernels>): void {
  const tree = { n: a, rowPtr: a, colIdx: a, order: a, inverse: a, parent: a, ancestor: a } as const;
  m.func("findTree", tree, "void", (f, { n, rowPtr, colIdx, order, inverse, parent, ancestor }) => {
    f.for(0, n, 1, (k) => f.store(place(inverse, at(order, k)), k));
    f.for(0, n, 1, (i) => {
      f.store(place(parent, i), i32.const(-1));
      f.store(place(ancestor, i), i32.const(-1));
      const row = f.let(at(order, i));
      const end = f.let(at(rowPtr, i32.add(row, 1)));
      f.for(at(rowPtr, row), end, 1, (p) => {
        const k = f.let(at(inverse, at(colIdx, p)));
        // As unsigned -1 is above all i.
        f.while(i32.lt_u(k, i), () => {
          const known = f.let(place(ancestor, k));
          const above = f.let(i32.load(known));
          f.store(known, i);
          f.if(i32.eq(above, -1), () => f.store(place(parent, k), i));
          f.set(k, above);
        });
      });
    });
  });

  m.func("orderByTree", { n: a, order: a, parent: a, firstChild: a, sibling: a, post: a }, "void", (f, p) => {
    const { n, order, parent, firstChild, sibling, post } = p;
    f.for(0, n, 1, (i) => f.store(place(firstChild, i), i32.const(-1)));
    const node = f.let(i32.const(-1));
    const i = f.let(n);
    f.while(i, () => {
      f.set(i, i32.sub(i, 1));
      const above = f.let(at(parent, i));
      f.if(
        i32.eq(above, -1),
        () => {
          f.store(place(sibling, i), node);
          f.set(node, i);
        },
        () => {
          const child = f.let(place(firstChild, above));
          f.store(place(sibling, i), i32.load(child));
          f.store(child, i);
        },
      );
    });
    const to = f.let(post);
    const descend = f.let(i32.const(1));
    f.while(i32.ne(node, -1), () => {
      f.if(descend, () => {
        const child = f.let(at(firstChild, node));
        f.while(i32.ne(child, -1), () => {
          f.set(node, child);
          f.set(child, at(firstChild, node));
        });
      });
      f.store(to, at(order, node));
      f.set(to, i32.add(to, 4));
      const next = f.let(at(sibling, node));
      f.set(descend, i32.ne(next, -1));
      f.if(i32.eqz(descend), () => f.set(next, at(parent, node)));
      f.set(node, next);
    });
  });
}
