import {
  type Expr,
  type FloatLanes,
  type FloatScalar,
  type FunctionBuilder,
  f32,
  f32x4,
  f64,
  f64x2,
  i32,
  i32x4,
  type Local,
  type ModuleBuilder,
  select,
} from "@slam/wasm";
import { type Arithmetic, type BetweenFormulas, upperSize, whitened } from "./between-formulas.ts";

type Address = Local<"i32">;
type Width = "f64" | "f32";

/** Addresses in an arena, and the number of edges. */
export interface ResidualKernel {
  /** r <- W e. One turn per edge, where the factor has one. */
  residual(from: number, to: number, edges: number, poses: number, z: number, turns: number, whitening: number, r: number): void;
}

/** Addresses in an arena, and the number of edges. */
export interface JacobianKernel {
  /** values[ofFrom], values[ofTo] <- W Ji, W Jj; returns how many infinities that stored. [cos, sin] of one turn per edge, as above. */
  jacobian(
    from: number,
    to: number,
    edges: number,
    poses: number,
    z: number,
    turns: number,
    whitening: number,
    ofFrom: number,
    ofTo: number,
    values: number,
  ): number;
}

const EDGES = { from: "i32", to: "i32", edges: "i32", poses: "i32", z: "i32", turns: "i32", whitening: "i32" } as const;

type EdgeParameters = { readonly [name in keyof typeof EDGES]: Address };

/** What a format's kernels are written with. */
interface Format<N extends Width> {
  readonly scalar: FloatScalar<N>;
  readonly lanes: FloatLanes<N>;
  readonly bytes: 8 | 4;
  constant(x: number): Expr<N>;
  /** A number in every lane. */
  spread(x: number): Expr<"v128">;
}

const FP64: Format<"f64"> = { scalar: f64, lanes: f64x2, bytes: 8, constant: f64.const, spread: f64x2.splat };
const FP32: Format<"f32"> = { scalar: f32, lanes: f32x4, bytes: 4, constant: f32.const, spread: f32x4.splat };

export function residualKernel(m: ModuleBuilder<ResidualKernel>, formulas: BetweenFormulas, format: "fp64" | "fp32"): void {
  if (format === "fp64") writeResidual(m, formulas, FP64);
  else writeResidual(m, formulas, FP32);
}

export function jacobianKernel(m: ModuleBuilder<JacobianKernel>, formulas: BetweenFormulas, format: "fp64" | "fp32"): void {
  if (format === "fp64") writeJacobian(m, formulas, FP64);
  else writeJacobian(m, formulas, FP32);
}

function writeResidual<N extends Width>(m: ModuleBuilder<ResidualKernel>, formulas: BetweenFormulas, format: Format<N>): void {
  const { bytes } = format;
  m.func("residual", { ...EDGES, r: "i32" }, "void", (f, { r, ...parameters }) => {
    const A = scalarArithmetic(f, format);
    const at = f.let(i32.add(r, 0));
    forEachEdge(f, parameters, formulas, format, 1, ({ xi, xj, z, turn, W }) => {
      const e = formulas.error(A, xi, xj, z, turn);
      const weights = Array.from({ length: upperSize(formulas.dof) }, (_, k) => f.let(format.scalar.load(W, k * bytes)));
      whitened(A, weights, e, 1).forEach((sum, a) => {
        f.store(at, sum, a * bytes);
      });
      f.set(at, i32.add(at, formulas.dof * bytes));
    });
  });
}

/** Whitening runs in lanes along the rows of a Jacobian. */
function writeJacobian<N extends Width>(m: ModuleBuilder<JacobianKernel>, formulas: BetweenFormulas, format: Format<N>): void {
  const { scalar, lanes, bytes } = format;
  const { dof } = formulas;
  m.func("jacobian", { ...EDGES, ofFrom: "i32", ofTo: "i32", values: "i32" }, "i32", (f, { ofFrom, ofTo, values, ...parameters }) => {
    const infinities = f.let(i32x4.splat(0));
    forEachEdge(f, parameters, formulas, format, 2, ({ offset, xi, xj, z, turn, W }) => {
      const { Ji, Jj } = formulas.jacobians(scalarArithmetic(f, format), xi, xj, z, turn);
      const weights = Array.from({ length: upperSize(dof) }, (_, k) => f.let(lanes.splat(scalar.load(W, k * bytes))));
      for (const { blocks, J } of [
        { blocks: ofFrom, J: Ji },
        { blocks: ofTo, J: Jj },
      ]) {
        const block = f.let(i32.load(i32.add(blocks, offset)));
        f.if(i32.ge_s(block, 0), () => {
          const at = f.let(i32.add(values, i32.mul(block, dof * dof * bytes)));
          const rows = inLanes(f, format, J, dof);
          whitened(laneArithmetic(f, format), weights, rows, rows.length / dof).forEach((sum, k) => {
            f.set(infinities, i32x4.sub(infinities, lanes.eq(lanes.abs(sum), format.spread(Infinity))));
            storeLanes(f, format, at, sum, k, dof);
          });
        });
      }
    });
    const count = [0, 1, 2, 3].map((lane) => i32x4.extract_lane(infinities, lane)).reduce((a, b) => i32.add(a, b));
    // The comparison gives -1 in every 32 bits.
    return i32.shr_u(count, bytes === 8 ? 1 : 0);
  });
}

interface Edge<N extends Width> {
  /** Of the edge in an array of 32-bit integers. */
  readonly offset: Address;
  readonly xi: readonly Expr<N>[];
  readonly xj: readonly Expr<N>[];
  readonly z: readonly Expr<N>[];
  readonly turn: readonly Expr<N>[];
  /** Where the edge's whitening is. */
  readonly W: Address;
}

/** Per edge: reads 2 indices, 2 poses, the measurement, and `perTurn` numbers of the turn where the factor has one. */
function forEachEdge<N extends Width>(
  f: FunctionBuilder<"void" | "i32">,
  { from, to, edges, poses, z, turns, whitening }: EdgeParameters,
  { dof, size, turn }: BetweenFormulas,
  { scalar, bytes }: Format<N>,
  perTurn: number,
  body: (edge: Edge<N>) => void,
): void {
  const turnSize = turn === undefined ? 0 : perTurn;
  const read = (address: Address, n: number): readonly Expr<N>[] =>
    Array.from({ length: n }, (_, k) => f.let(scalar.load(address, k * bytes)));
  const element = (array: Address, index: Expr<"i32">, n: number): Address => f.let(i32.add(array, i32.mul(index, n * bytes)));
  f.for(0, edges, 1, (edge) => {
    const offset = f.let(i32.mul(edge, 4));
    body({
      offset,
      xi: read(element(poses, i32.load(i32.add(from, offset)), size), size),
      xj: read(element(poses, i32.load(i32.add(to, offset)), size), size),
      z: read(element(z, edge, size), size),
      turn: read(element(turns, edge, turnSize), turnSize),
      W: element(whitening, edge, upperSize(dof)),
    });
  });
}

/** Each result is kept in a local: a formula may use it more than once. */
function scalarArithmetic<N extends Width>(f: FunctionBuilder<"void" | "i32">, { scalar: F, constant }: Format<N>): Arithmetic<Expr<N>> {
  return {
    constant,
    add: (a, b) => f.let(F.add(a, b)),
    sub: (a, b) => f.let(F.sub(a, b)),
    mul: (a, b) => f.let(F.mul(a, b)),
    div: (a, b) => f.let(F.div(a, b)),
    sqrt: (a) => f.let(F.sqrt(a)),
    neg: (x) => f.let(F.neg(x)),
    flipped: (x, w) => f.let(select(F.neg(x), x, F.lt(w, constant(0)))),
  };
}

function laneArithmetic<N extends Width>(
  f: FunctionBuilder<"i32">,
  { lanes, spread }: Format<N>,
): Pick<Arithmetic<Local<"v128">>, "constant" | "add" | "mul"> {
  return { constant: (x) => f.let(spread(x)), add: (a, b) => f.let(lanes.add(a, b)), mul: (a, b) => f.let(lanes.mul(a, b)) };
}

/** Rows of `columns` numbers as rows of vectors; where a row ends within one, zeros fill it: no infinities. */
function inLanes<N extends Width>(
  f: FunctionBuilder<"i32">,
  { lanes, bytes, spread }: Format<N>,
  numbers: readonly Expr<N>[],
  columns: number,
): readonly Local<"v128">[] {
  const count = 16 / bytes;
  const vectors: Local<"v128">[] = [];
  for (let row = 0; row < numbers.length; row += columns) {
    for (let first = 0; first < columns; first += count) {
      const present = numbers.slice(row + first, row + Math.min(first + count, columns));
      vectors.push(f.let(present.reduce((v, x, lane) => lanes.replace_lane(v, lane, x), spread(0))));
    }
  }
  return vectors;
}

/** Memory <- the k-th vector of rows that `inLanes` made, without what fills it. */
function storeLanes<N extends Width>(
  f: FunctionBuilder<"i32">,
  { bytes }: Format<N>,
  address: Address,
  v: Local<"v128">,
  k: number,
  columns: number,
): void {
  const count = 16 / bytes;
  const perRow = Math.ceil(columns / count);
  const first = (k % perRow) * count;
  const offset = (Math.floor(k / perRow) * columns + first) * bytes;
  const present = Math.min(count, columns - first);
  if (present === count) f.store(address, v, offset);
  else for (let lane = 0; lane < present; lane++) f.storeLane(bytes === 8 ? 64 : 32, address, v, lane, offset + lane * bytes);
}
