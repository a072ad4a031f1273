import { type Expr, type FunctionBuilder, i32, type Local, laneEmitter, type ModuleBuilder, v128 } from "@slam/wasm";
import { type Lanes, lanes32, lanes64 } from "./lanes.ts";
import { packedIndex, type Rounding } from "./triangular.kernel.ts";

type Address = Local<"i32">;
type Body = FunctionBuilder<"void">;

/** Of `diagonalKernel`: addresses, and the groups of blocks from ... to - 1: as many blocks as there are lanes. */
export type DiagonalKernels = {
  /** Triangles as `arrange` makes them, one after the other, to groups: vectors of the blocks' first numbers, then of their second ones. */
  interleave(triangles: number, groups: number, from: number, to: number): void;
  /** w <- L^-T L^-1 w */
  solve(groups: number, w: number, from: number, to: number): void;
};

/**
 * The solves of triangular.reference.ts where L has nothing but blocks of b x b on its diagonal: several of their inverses at once, one in each lane, with
 * the operations of one in the same order.
 */
export function diagonalKernel(m: ModuleBuilder<DiagonalKernels>, b: number, arithmetic: "fp64" | "fp32", rounding: Rounding): void {
  if (arithmetic === "fp64") emit(m, b, lanes64, rounding);
  else emit(m, b, lanes32, rounding);
}

function emit<N extends "f64" | "f32">(m: ModuleBuilder<DiagonalKernels>, b: number, T: Lanes<N>, rounding: Rounding): void {
  const triangle = ((b * (b + 1)) / 2) * T.bytes;
  const groupBytes = T.count * triangle;
  const segment = b * T.bytes;
  const lanes = Array.from({ length: T.count }, (_, lane) => lane);
  /** A number of each block, `step` bytes from one to the next. */
  const gather = (address: Address, offset: number, step: number): Expr<"v128"> =>
    lanes.slice(1).reduce((v, lane) => T.loadLane(address, v, lane, offset + lane * step), T.loadFirst(address, offset));

  m.func("interleave", { triangles: "i32", groups: "i32", from: "i32", to: "i32" }, "void", (f, { triangles, groups, from, to }) => {
    const source = f.let(i32.add(triangles, i32.mul(from, groupBytes)));
    const target = f.let(i32.add(groups, i32.mul(from, groupBytes)));
    const end = f.let(i32.add(groups, i32.mul(to, groupBytes)));
    f.while(i32.lt_u(target, end), () => {
      for (let offset = 0; offset < triangle; offset += T.bytes) {
        f.store(target, gather(source, offset, triangle), T.count * offset);
      }
      f.set(source, i32.add(source, groupBytes));
      f.set(target, i32.add(target, groupBytes));
    });
  });

  // Of a group b (b + 1) / 2 vectors read, w read and written
  m.func("solve", { groups: "i32", w: "i32", from: "i32", to: "i32" }, "void", (f, { groups, w, from, to }) => {
    const end = f.let(i32.add(groups, i32.mul(to, groupBytes)));
    const at = f.let(i32.add(w, i32.mul(from, T.count * segment)));
    f.for(i32.add(groups, i32.mul(from, groupBytes)), end, groupBytes, (L) => {
      const x = Array.from({ length: b }, (_, c) => f.let(gather(at, c * T.bytes, segment)));
      solveGroup(f, b, T, L, x, rounding);
      for (const [c, xc] of x.entries()) {
        for (const lane of lanes) f.storeLane(T.bytes === 8 ? 64 : 32, at, xc, lane, lane * segment + c * T.bytes);
      }
      f.set(at, i32.add(at, T.count * segment));
    });
  });
}

/** x <- X' X x for inverses X of the blocks. */
function solveGroup<N extends "f64" | "f32">(
  f: Body,
  b: number,
  T: Lanes<N>,
  inverses: Address,
  x: readonly Local<"v128">[],
  rounding: Rounding,
): void {
  const round = (v: Expr<"v128">): Local<"v128"> => f.let(rounding === "none" ? v : rounding.round(laneEmitter(f), f.let(v)));
  const entry = (i: number, j: number): Expr<"v128"> => v128.load(inverses, packedIndex(b, i, j) * 16);
  const ascending = Array.from({ length: b }, (_, line) => line);
  const descending = ascending.toReversed();
  const sum = (products: readonly Local<"v128">[]): Local<"v128"> => products.reduce((partial, product) => round(T.add(partial, product)));
  // Each line is finished when no other needs what it was.
  for (const i of descending) f.set(x[i], sum(ascending.slice(0, i + 1).map((c) => round(T.multiply(entry(i, c), x[c])))));
  for (const c of ascending) f.set(x[c], sum(descending.slice(0, b - c).map((i) => round(T.multiply(entry(i, c), x[i])))));
}
