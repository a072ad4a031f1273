import { type Expr, type FunctionBuilder, f64, f64x2, i32, type Local, type ModuleBuilder, v128 } from "@slam/wasm";
import { FACTOR_SIZE, PIVOT_FLOOR, strideOf } from "./eliminate.reference.ts";
import { addPointProducts, type Reader, readerOf, type Sightings } from "./point-products.kernel.ts";

type Address = Local<"i32">;
type Body = FunctionBuilder<"i32">;

/** Arguments are addresses, but for the rows. */
export interface EliminateKernel {
  /** `eliminateReference` on rows first ... end - 1, the first `points` of which are points; `pairs` is where first's targets are. Returns what that does. */
  eliminate(table: number, pairs: number, first: number, end: number, points: number): number;
}

/** The addresses that `table` holds, as 32-bit integers; behind them, for each slot: the values of its part, blocks, entries. */
export const TABLE = ["observationPtr", "pointBlock", "pointValues", "entryPtr", "entryColumn", "damping", "factors", "S", "Y"] as const;

interface Group {
  readonly dof: number;
  readonly values: Address;
  readonly blocks: Address;
  readonly entries: Address;
}

/** Of an observation: the group's block of J and of Y. */
interface Term {
  readonly block: Address;
  readonly isPresent: Expr<"i32">;
  readonly entry: Address;
}

/** @param dofs of the slots, separated by spaces. @param format of J. */
export function eliminateKernel(
  m: ModuleBuilder<EliminateKernel>,
  dofs: string,
  r: number,
  part: "lower" | "diagonal",
  format: "fp64" | "fp32",
): void {
  const sizes = dofs.split(" ").map(Number);
  const b = Math.max(...sizes);
  const stride = 8 * strideOf(b);
  const J = readerOf(format);
  const parameters = { table: "i32", pairs: "i32", first: "i32", end: "i32", points: "i32" } as const;
  m.func("eliminate", parameters, "i32", (f, { table, pairs, first, end, points }) => {
    const [observationPtr, pointBlock, pointValues, entryPtr, entryColumn, damping, factors, S, Y] = TABLE.map((_, k) =>
      f.let(i32.load(table, 4 * k)),
    );
    const groups = sizes.map((dof, k): Group => {
      const [values, blocks, entries] = [0, 1, 2].map((field) => f.let(i32.load(table, 4 * (TABLE.length + 3 * k + field))));
      return { dof, values, blocks, entries };
    });
    const pair = f.let(i32.add(pairs, 0));
    f.for(first, end, 1, (row) => {
      const isPoint = f.let(i32.lt_u(row, points));
      const at = f.let(i32.mul(row, 4));
      const from = f.let(i32.mul(i32.load(i32.add(observationPtr, at)), 4));
      const to = f.let(i32.mul(i32.load(i32.add(observationPtr, at), 4), 4));
      const firstEntry = f.let(i32.load(i32.add(entryPtr, at)));
      const count = f.let(i32.sub(i32.load(i32.add(entryPtr, at), 4), firstEntry));
      const columns = f.let(i32.add(entryColumn, i32.mul(firstEntry, 4)));
      const factor = f.let(i32.add(factors, i32.mul(row, 8 * FACTOR_SIZE)));
      /** Where the block of entries k and l is. */
      const blockOf = (k: Expr<"i32">, l: Expr<"i32">): Address => {
        const place =
          part === "lower"
            ? i32.add(pair, i32.mul(i32.add(i32.shr_u(i32.mul(k, i32.add(k, 1)), 1), l), 4))
            : i32.add(columns, i32.mul(k, 4));
        return f.let(i32.add(S, i32.mul(i32.load(place), b * stride)));
      };
      const pointAt = (t: Address): Address => f.let(i32.add(pointValues, i32.mul(i32.load(i32.add(pointBlock, t)), 3 * r * J.bytes)));

      f.if(isPoint, () => {
        factorPoint(f, J, r, { from, to, pointAt, damping: f.let(i32.add(damping, i32.mul(row, 24))), factor }, () => f.return(row));
        f.for(Y, f.let(i32.add(Y, i32.mul(count, 3 * stride))), 16, (y) => f.store(y, f64x2.splat(0)));
      });
      f.for(from, to, 4, (t) => {
        const terms = groups.map(({ dof, values, blocks, entries }): Term => {
          const index = f.let(i32.load(i32.add(blocks, t)));
          const block = f.let(i32.add(values, i32.mul(index, r * dof * J.bytes)));
          return { block, isPresent: f.let(i32.ge_s(index, 0)), entry: f.let(i32.load(i32.add(entries, t))) };
        });
        terms.forEach((k, g) => {
          f.if(k.isPresent, () => {
            for (let h = part === "lower" ? 0 : g; h <= g; h++) {
              const l = terms[h];
              f.if(l.isPresent, () => addProduct(f, J, r, stride, [k.block, sizes[g]], [l.block, sizes[h]], blockOf(k.entry, l.entry)));
            }
          });
        });
        f.if(isPoint, () => {
          const G = solvedRows(f, J, r, pointAt(t), factor);
          terms.forEach(({ block, isPresent, entry }, g) => {
            f.if(isPresent, () => addToY(f, J, sizes[g], stride, block, G, f.let(i32.add(Y, i32.mul(entry, 3 * stride)))));
          });
        });
      });
      f.if(isPoint, () => {
        f.for(0, count, 1, (k) => {
          const yk = f.let(i32.add(Y, i32.mul(k, 3 * stride)));
          const subtractAt = (l: Address): void => subtract(f, b, stride, yk, f.let(i32.add(Y, i32.mul(l, 3 * stride))), blockOf(k, l));
          if (part === "diagonal") subtractAt(k);
          else f.for(0, f.let(i32.add(k, 1)), 1, subtractAt);
        });
      });
      f.set(pair, i32.add(pair, i32.mul(i32.shr_u(i32.mul(count, i32.add(count, 1)), 1), 4)));
    });
    return i32.const(-1);
  });
}

interface PointRow extends Sightings {
  readonly damping: Address;
  readonly factor: Address;
}

/** factor <- L of V = Jp'Jp + Dp, or `fail` where there is none. */
function factorPoint(f: Body, J: Reader, r: number, { damping, factor, ...sightings }: PointRow, fail: () => void): void {
  const [v00, v11, v22] = [0, 8, 16].map((offset) => f.let(f64.load(damping, offset)));
  const [v10, v20, v21] = [0, 0, 0].map((zero) => f.let(f64.const(zero)));
  addPointProducts(f, J, r, sightings, [v00, v10, v11, v20, v21, v22]);
  const inverse = (pivot: Expr<"f64">): Local<"f64"> => f.let(f64.div(1, f64.sqrt(pivot)));
  const i0 = inverse(v00);
  const l10 = f.let(f64.mul(v10, i0));
  const l20 = f.let(f64.mul(v20, i0));
  const p1 = f.let(f64.sub(v11, f64.mul(l10, l10)));
  const i1 = inverse(p1);
  const l21 = f.let(f64.mul(f64.sub(v21, f64.mul(l20, l10)), i1));
  const p2 = f.let(f64.sub(f64.sub(v22, f64.mul(l20, l20)), f64.mul(l21, l21)));
  [i0, i1, inverse(p2), l10, l20, l21].forEach((x, k) => {
    f.store(factor, x, 8 * k);
  });
  // A comparison that a NaN fails.
  const isAbove = (pivot: Expr<"f64">, diagonal: Expr<"f64">): Expr<"i32"> => f64.gt(pivot, f64.mul(PIVOT_FLOOR, diagonal));
  f.if(i32.eqz(i32.and(i32.and(f64.gt(v00, 0), isAbove(p1, v11)), isAbove(p2, v22))), fail);
}

/** Jp L^-T, by rows. */
function solvedRows(f: Body, J: Reader, r: number, point: Address, factor: Address): readonly (readonly Local<"v128">[])[] {
  const [i0, i1, i2, l10, l20, l21] = Array.from({ length: FACTOR_SIZE }, (_, k) => f.let(f64.load(factor, 8 * k)));
  return Array.from({ length: r }, (_, a) => {
    const [x, y, z] = [0, 1, 2].map((j) => J.one(point, (3 * a + j) * J.bytes));
    const g0 = f.let(f64.mul(x, i0));
    const g1 = f.let(f64.mul(f64.sub(y, f64.mul(g0, l10)), i1));
    const g2 = f64.mul(f64.sub(f64.sub(z, f64.mul(g0, l20)), f64.mul(g1, l21)), i2);
    return [g0, g1, g2].map((g) => f.let(f64x2.splat(g)));
  });
}

/** into <- into + Jk'Jl, a row at a time. */
function addProduct(
  f: Body,
  J: Reader,
  r: number,
  stride: number,
  [k, dofK]: readonly [Address, number],
  [l, dofL]: readonly [Address, number],
  into: Address,
): void {
  const rows = Array.from({ length: r }, (_, a) => vectors(f, J, l, a * dofL, dofL));
  for (let i = 0; i < dofK; i++) {
    const factors = rows.map((_, a) => f.let(f64x2.splat(J.one(k, (a * dofK + i) * J.bytes))));
    for (let v = 0; v < rows[0].length; v++) {
      const offset = i * stride + 16 * v;
      const sum = factors.reduce((s, factor, a) => f64x2.add(s, f64x2.mul(factor, rows[a][v])), v128.load(into, offset));
      f.store(into, sum, offset);
    }
  }
}

/** Y_e <- Y_e + (Jp L^-T)'Jc. */
function addToY(
  f: Body,
  J: Reader,
  dof: number,
  stride: number,
  block: Address,
  G: readonly (readonly Local<"v128">[])[],
  y: Address,
): void {
  const rows = G.map((_, a) => vectors(f, J, block, a * dof, dof));
  for (let q = 0; q < 3; q++) {
    for (let v = 0; v < rows[0].length; v++) {
      const offset = q * stride + 16 * v;
      const sum = rows.reduce((s, row, a) => f64x2.add(s, f64x2.mul(G[a][q], row[v])), v128.load(y, offset));
      f.store(y, sum, offset);
    }
  }
}

function vectors(f: Body, J: Reader, block: Address, first: number, dof: number): readonly Local<"v128">[] {
  return Array.from({ length: Math.ceil(dof / 2) }, (_, v) => f.let(J.two(block, (first + 2 * v) * J.bytes, Math.min(2, dof - 2 * v))));
}

/** into <- into - Yk Yl', a row at a time: reads 3 rows of Yl once. */
function subtract(f: Body, b: number, stride: number, yk: Address, yl: Address, into: Address): void {
  const perRow = stride / 16;
  const right = [0, 1, 2].map((q) => Array.from({ length: perRow }, (_, v) => f.let(v128.load(yl, q * stride + 16 * v))));
  for (let i = 0; i < b; i++) {
    const left = [0, 1, 2].map((q) => f.let(v128.load64_splat(yk, q * stride + 8 * i)));
    for (let v = 0; v < perRow; v++) {
      const offset = i * stride + 16 * v;
      const rest = left.reduce((s, y, q) => f64x2.sub(s, f64x2.mul(y, right[q][v])), v128.load(into, offset));
      f.store(into, rest, offset);
    }
  }
}
