import { type Expr, type FunctionBuilder, f64, f64x2, i32, type Local, type ModuleBuilder, v128 } from "@slam/wasm";
import { addPointProducts, type Reader, readerOf, type Sightings } from "../point-products.kernel.ts";
import { POSE_DOF } from "../unknowns.ts";
import { FACTOR_SIZE, POINT, ROUNDING, Y_SIZE } from "./eliminate-points.reference.ts";

type Address = Local<"i32">;
type Body<R extends "i32" | "void"> = FunctionBuilder<R>;

/** `table` is an address, the rest are numbers of points and of block rows. Each function does what its reference does, with its bits. */
export interface EliminatePointsKernel {
  addPoses(table: number, n: number, first: number, end: number): void;
  eliminate(table: number, n: number, first: number, end: number): number;
  forward(table: number, first: number, end: number): void;
  backward(table: number, first: number, end: number): void;
}

/** The addresses that `table` holds, as 32-bit integers. */
export const TABLE = [
  "ptr",
  "rows",
  "pointBlock",
  "poseBlock",
  "poseOf",
  "pose",
  "point",
  "damping",
  "S",
  "factors",
  "Y",
  "camera",
  "x",
] as const;

type Addresses = { readonly [name in (typeof TABLE)[number]]: Address };

/** Vectors of two columns in a pose's block. */
const PAIRS = [0, 1, 2] as const;
const Y_ROW = 8 * POSE_DOF;

/** @param r rows of J in a block row. @param format of J. */
export function eliminatePointsKernel(m: ModuleBuilder<EliminatePointsKernel>, r: number, format: "fp64" | "fp32"): void {
  const J = readerOf(format);

  m.func("addPoses", { table: "i32", n: "i32", first: "i32", end: "i32" }, "void", (f, { table, n, first, end }) => {
    const { poseBlock, poseOf, pose, S } = addressesIn(f, table);
    const rowBytes = f.let(i32.mul(n, 8));
    f.for(first, end, 1, (i) => {
      const at = f.let(i32.mul(i, 4));
      const index = f.let(i32.load(i32.add(poseBlock, at)));
      f.if(i32.ge_s(index, 0), () => {
        const block = f.let(i32.add(pose, i32.mul(index, r * POSE_DOF * J.bytes)));
        const first = f.let(i32.mul(i32.load(i32.add(poseOf, at)), POSE_DOF));
        const into = f.let(i32.add(S, i32.add(i32.mul(first, rowBytes), i32.mul(first, 8))));
        const rows = Array.from({ length: r }, (_, a) => PAIRS.map((v) => f.let(J.two(block, (a * POSE_DOF + 2 * v) * J.bytes))));
        for (let s = 0; s < POSE_DOF; s++) {
          const own = rows.map((_, a) => f.let(f64x2.splat(J.one(block, (a * POSE_DOF + s) * J.bytes))));
          for (let v = 0; 2 * v <= s; v++) {
            const sum = own.reduce((sum, x, a) => f64x2.add(sum, f64x2.mul(x, rows[a][v])), f64x2.splat(0) as Expr<"v128">);
            f.store(into, f64x2.add(v128.load(into, 16 * v), sum), 16 * v);
          }
          f.set(into, i32.add(into, rowBytes));
        }
      });
    });
  });

  m.func("eliminate", { table: "i32", n: "i32", first: "i32", end: "i32" }, "i32", (f, { table, n, first, end }) => {
    const { ptr, rows, pointBlock, poseBlock, poseOf, pose, point, damping, S, factors, Y } = addressesIn(f, table);
    const rowBytes = f.let(i32.mul(n, 8));
    const columnIn = (i: Address): Address => f.let(i32.load(i32.add(poseOf, i32.mul(i, 4))));
    const yOf = (i: Address): Address => f.let(i32.add(Y, i32.mul(i, 8 * Y_SIZE)));
    f.for(first, end, 1, (p) => {
      const [from, to] = spanOf(f, ptr, p);
      const pointAt = (k: Address): Address => f.let(i32.add(point, i32.mul(i32.load(i32.add(pointBlock, k)), r * POINT * J.bytes)));
      const factor = f.let(i32.add(factors, i32.mul(p, 8 * FACTOR_SIZE)));
      const own = f.let(i32.add(damping, i32.mul(p, 8 * POINT)));
      const L = factorPoint(f, J, r, { from, to, pointAt, damping: own, factor }, (row) => f.return(i32.add(i32.mul(p, POINT), row)));
      f.for(from, to, 4, (k) => {
        const i = f.let(i32.load(i32.add(rows, k)));
        const column = columnIn(i);
        f.if(i32.ge_s(column, 0), () => {
          const block = f.let(i32.add(pose, i32.mul(i32.load(i32.add(poseBlock, i32.mul(i, 4))), r * POSE_DOF * J.bytes)));
          const y = yOf(i);
          writeY(f, J, r, block, pointAt(k), L, y);
          f.for(from, f.let(i32.add(k, 4)), 4, (l) => {
            const j = f.let(i32.load(i32.add(rows, l)));
            const other = columnIn(j);
            f.if(i32.ge_s(other, 0), () => {
              const z = yOf(j);
              const into = (row: Address, col: Address): Address =>
                f.let(i32.add(S, i32.add(i32.mul(i32.mul(row, POSE_DOF), rowBytes), i32.mul(col, 8 * POSE_DOF))));
              f.if(
                i32.ge_s(column, other),
                () => subtractProduct(f, into(column, other), rowBytes, y, z),
                () => subtractProduct(f, into(other, column), rowBytes, z, y),
              );
            });
          });
        });
      });
    });
    return i32.const(-1);
  });

  m.func("forward", { table: "i32", first: "i32", end: "i32" }, "void", (f, { table, first, end }) => {
    const memory = addressesIn(f, table);
    f.for(first, end, 1, (p) => {
      const { L, at, load } = pointIn(f, memory, p);
      const x0 = f.let(f64.div(load(0), L[0]));
      const x1 = f.let(f64.div(f64.sub(load(1), f64.mul(L[1], x0)), L[2]));
      const x2 = f.let(f64.div(f64.sub(f64.sub(load(2), f64.mul(L[3], x0)), f64.mul(L[4], x1)), L[5]));
      const x = [x0, x1, x2];
      x.forEach((value, t) => {
        f.store(at, value, 8 * t);
      });
      const wide = x.map((value) => f.let(f64x2.splat(value)));
      eachPose(f, memory, p, (y, camera) => {
        for (const v of PAIRS) {
          const sum = wide.reduce(
            (sum, value, t) => f64x2.add(sum, f64x2.mul(v128.load(y, t * Y_ROW + 16 * v), value)),
            f64x2.splat(0) as Expr<"v128">,
          );
          f.store(camera, f64x2.sub(v128.load(camera, 16 * v), sum), 16 * v);
        }
      });
    });
  });

  m.func("backward", { table: "i32", first: "i32", end: "i32" }, "void", (f, { table, first, end }) => {
    const memory = addressesIn(f, table);
    f.for(first, end, 1, (p) => {
      const { L, at, load } = pointIn(f, memory, p);
      const x = [0, 1, 2].map((t) => f.let(load(t)));
      eachPose(f, memory, p, (y, camera) => {
        const c = Array.from({ length: POSE_DOF }, (_, s) => f.let(f64.load(camera, 8 * s)));
        x.forEach((value, t) => {
          const sum = c.reduce((sum, cs, s) => f64.add(sum, f64.mul(f64.load(y, t * Y_ROW + 8 * s), cs)), f64.const(0) as Expr<"f64">);
          f.set(value, f64.sub(value, sum));
        });
      });
      const [x0, x1, x2] = x;
      f.set(x2, f64.div(x2, L[5]));
      f.set(x0, f64.sub(x0, f64.mul(L[3], x2)));
      f.set(x1, f64.div(f64.sub(x1, f64.mul(L[4], x2)), L[2]));
      f.set(x0, f64.div(f64.sub(x0, f64.mul(L[1], x1)), L[0]));
      x.forEach((value, t) => {
        f.store(at, value, 8 * t);
      });
    });
  });
}

function addressesIn(f: Body<"i32"> | Body<"void">, table: Address): Addresses {
  return Object.fromEntries(TABLE.map((name, k) => [name, f.let(i32.load(table, 4 * k))])) as unknown as Addresses;
}

/** Offsets of a point's first place in arrays of integers and of the one behind its last. */
function spanOf(f: Body<"i32"> | Body<"void">, ptr: Address, p: Address): readonly [Address, Address] {
  const at = f.let(i32.add(ptr, i32.mul(p, 4)));
  return [f.let(i32.mul(i32.load(at), 4)), f.let(i32.mul(i32.load(at, 4), 4))];
}

interface PointRows extends Sightings {
  readonly damping: Address;
  readonly factor: Address;
}

/** L of V = Jp'Jp + D, or `fail` with the row that has no pivot. */
function factorPoint(
  f: Body<"i32">,
  J: Reader,
  r: number,
  { damping, factor, ...sightings }: PointRows,
  fail: (row: number) => void,
): readonly Local<"f64">[] {
  const [v00, v10, v11, v20, v21, v22] = Array.from({ length: FACTOR_SIZE }, () => f.let(f64.const(0)));
  addPointProducts(f, J, r, sightings, [v00, v10, v11, v20, v21, v22]);
  [v00, v11, v22].forEach((diagonal, t) => {
    f.set(diagonal, f64.add(diagonal, f64.load(damping, 8 * t)));
  });
  const l00 = f.let(f64.sqrt(v00));
  const l10 = f.let(f64.div(v10, l00));
  const p1 = f.let(f64.sub(v11, f64.mul(l10, l10)));
  const l11 = f.let(f64.sqrt(p1));
  const l20 = f.let(f64.div(v20, l00));
  const l21 = f.let(f64.div(f64.sub(v21, f64.mul(l20, l10)), l11));
  const p2 = f.let(f64.sub(f64.sub(v22, f64.mul(l20, l20)), f64.mul(l21, l21)));
  const L = [l00, l10, l11, l20, l21, f.let(f64.sqrt(p2))];
  L.forEach((x, k) => {
    f.store(factor, x, 8 * k);
  });
  // Comparisons that a NaN fails.
  const isPivot = (pivot: Expr<"f64">, diagonal: Expr<"f64">): Expr<"i32"> =>
    i32.and(f64.gt(pivot, f64.mul(ROUNDING, diagonal)), f64.lt(pivot, Number.POSITIVE_INFINITY));
  (
    [
      [v00, v00],
      [p1, v11],
      [p2, v22],
    ] as const
  ).forEach(([pivot, diagonal], row) => {
    f.if(i32.eqz(isPivot(pivot, diagonal)), () => fail(row));
  });
  return L;
}

function writeY(f: Body<"i32">, J: Reader, r: number, pose: Address, point: Address, L: readonly Local<"f64">[], y: Address): void {
  const rows = Array.from({ length: r }, (_, a) => PAIRS.map((v) => f.let(J.two(pose, (a * POSE_DOF + 2 * v) * J.bytes))));
  const done: Local<"v128">[][] = [];
  for (let t = 0; t < POINT; t++) {
    const factors = rows.map((_, a) => f.let(f64x2.splat(J.one(point, (POINT * a + t) * J.bytes))));
    const lower = (t * (t + 1)) / 2;
    const before = done.map((_, u) => f.let(f64x2.splat(L[lower + u])));
    const pivot = f.let(f64x2.splat(L[lower + t]));
    const row = PAIRS.map((v) => {
      let sum = factors.reduce((sum, x, a) => f64x2.add(sum, f64x2.mul(rows[a][v], x)), f64x2.splat(0) as Expr<"v128">);
      sum = done.reduce((rest, other, u) => f64x2.sub(rest, f64x2.mul(other[v], before[u])), sum);
      return f.let(f64x2.div(sum, pivot));
    });
    row.forEach((pair, v) => {
      f.store(y, pair, t * Y_ROW + 16 * v);
    });
    done.push(row);
  }
}

/** The block of S at `into` -= Y Z'. */
function subtractProduct(f: Body<"i32">, into: Address, rowBytes: Address, y: Address, z: Address): void {
  const right = [0, 1, 2].map((u) => PAIRS.map((v) => f.let(v128.load(z, u * Y_ROW + 16 * v))));
  for (let s = 0; s < POSE_DOF; s++) {
    const left = [0, 1, 2].map((u) => f.let(v128.load64_splat(y, u * Y_ROW + 8 * s)));
    for (const v of PAIRS) {
      const sum = left.reduce((sum, x, u) => f64x2.add(sum, f64x2.mul(x, right[u][v])), f64x2.splat(0) as Expr<"v128">);
      f.store(into, f64x2.sub(v128.load(into, 16 * v), sum), 16 * v);
    }
    if (s < POSE_DOF - 1) f.set(into, i32.add(into, rowBytes));
  }
}

/** L of a point, and its part of x. */
function pointIn(f: Body<"void">, { factors, x }: Addresses, p: Address) {
  const factor = f.let(i32.add(factors, i32.mul(p, 8 * FACTOR_SIZE)));
  const at = f.let(i32.add(x, i32.mul(p, 8 * POINT)));
  return {
    L: Array.from({ length: FACTOR_SIZE }, (_, k) => f.let(f64.load(factor, 8 * k))),
    at,
    load: (t: number): Expr<"f64"> => f64.load(at, 8 * t),
  };
}

/** For each block row of a point that has a pose: its Y, and its pose's part of the cameras'. */
function eachPose(
  f: Body<"void">,
  { ptr, rows, poseOf, Y, camera }: Addresses,
  p: Address,
  visit: (y: Address, camera: Address) => void,
): void {
  const [from, to] = spanOf(f, ptr, p);
  f.for(from, to, 4, (k) => {
    const i = f.let(i32.load(i32.add(rows, k)));
    const column = f.let(i32.load(i32.add(poseOf, i32.mul(i, 4))));
    f.if(i32.ge_s(column, 0), () =>
      visit(f.let(i32.add(Y, i32.mul(i, 8 * Y_SIZE))), f.let(i32.add(camera, i32.mul(column, 8 * POSE_DOF)))),
    );
  });
}
