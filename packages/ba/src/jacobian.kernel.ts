import type { CameraArithmetic, CameraModel } from "@slam/camera";
import { type Expr, type FunctionBuilder, f32, f64, i32, type Local, type ModuleBuilder } from "@slam/wasm";
import { POSE_SIZE } from "./bundle.ts";
import { type Group, POSE_DOF } from "./unknowns.ts";

type Address = Local<"i32">;
type Number = Expr<"f64">;

/** Arguments are addresses, but for the observations. */
export interface JacobianKernel {
  /** The blocks of observations first ... end - 1 in each group's part of J. */
  jacobian(table: number, first: number, end: number): void;
}

/** The addresses that `table` holds, as 32-bit integers; behind them, for each group: the rowPtr of its part, and its values. */
export const TABLE = ["camera", "point", "lensOf", "poses", "rotations", "lenses", "points"] as const;

/**
 * What `Observer` and `JacobianBlocks` do, with their bits, for a model with formulas and residuals that are not weighed.
 *
 * @param groups the names of the groups, separated by spaces.
 */
export function jacobianKernel(m: ModuleBuilder<JacobianKernel>, model: CameraModel, groups: string, format: "fp64" | "fp32"): void {
  const rows = model.measurement.length;
  const lens = model.intrinsics.length;
  const bytes = format === "fp64" ? 8 : 4;
  m.func("jacobian", { table: "i32", first: "i32", end: "i32" }, "void", (f, { table, first, end }) => {
    const [camera, point, lensOf, poses, rotations, lenses, points] = TABLE.map((_, k) => f.let(i32.load(table, 4 * k)));
    const parts = groups.split(" ").map((name, k) => {
      const [rowPtr, values] = [0, 1].map((field) => f.let(i32.load(table, 4 * (TABLE.length + 2 * k + field))));
      return { name: name as Group["name"], rowPtr, values };
    });
    const A = arithmetic(f);
    f.for(first, end, 1, (i) => {
      const at = f.let(i32.mul(i, 4));
      const c = f.let(i32.load(i32.add(camera, at)));
      const read = (array: Address, index: Number | Expr<"i32">, n: number): readonly Number[] => {
        const address = f.let(i32.add(array, i32.mul(index as Expr<"i32">, 8 * n)));
        return Array.from({ length: n }, (_, k) => f.let(f64.load(address, 8 * k)));
      };
      const R = read(rotations, c, 9);
      const t = read(poses, c, POSE_SIZE);
      const k = read(lenses, i32.load(i32.add(lensOf, i32.mul(c, 4))), lens);
      const d = read(points, i32.load(i32.add(point, at)), 3).map((x, a) => A.sub(x, t[a]));
      const sum3 = (x: readonly Number[]): Number => A.add(A.add(x[0], x[1]), x[2]);
      const q = [0, 1, 2].map((a) => sum3(d.map((x, b) => A.mul(R[3 * b + a], x))));
      const { byPoint, byIntrinsics } = model.formulas!(A, k, q);
      for (const { name, rowPtr, values } of parts) {
        const before = f.let(i32.load(i32.add(rowPtr, at)));
        f.if(i32.gt_s(i32.load(i32.add(rowPtr, at), 4), before), () => {
          const all = Array.from({ length: rows }, (_, a) => {
            const by = byPoint.slice(3 * a, 3 * a + 3);
            const intrinsics = byIntrinsics.slice(lens * a, lens * (a + 1));
            return blockRow(A, name, by, intrinsics, q, R);
          }).flat();
          const block = f.let(i32.add(values, i32.mul(before, all.length * bytes)));
          all.forEach((x, j) => {
            f.store(block, format === "fp64" ? x : f32.demote_f64(x), j * bytes);
          });
        });
      }
    });
  });
}

/** A row of a group's block, from one of dz/dq and dz/dk. */
function blockRow(
  A: CameraArithmetic<Number>,
  name: Group["name"],
  [x, y, z]: readonly Number[],
  byIntrinsics: readonly Number[],
  q: readonly Number[],
  R: readonly Number[],
): readonly Number[] {
  if (name === "intrinsics") return byIntrinsics;
  if (name === "point") return [0, 1, 2].map((b) => A.add(A.add(A.mul(x, R[3 * b]), A.mul(y, R[3 * b + 1])), A.mul(z, R[3 * b + 2])));
  const cross = (a: Number, i: number, b: Number, j: number): Number => A.sub(A.mul(a, q[i]), A.mul(b, q[j]));
  const pose = [A.neg(x), A.neg(y), A.neg(z), cross(y, 2, z, 1), cross(z, 0, x, 2), cross(x, 1, y, 0)];
  return name === "pose" ? pose : [...pose.slice(0, POSE_DOF), ...byIntrinsics];
}

/** Each result is kept in a local: a formula may use it more than once. */
function arithmetic(f: FunctionBuilder<"void">): CameraArithmetic<Number> {
  return {
    constant: (x) => f64.const(x),
    add: (a, b) => f.let(f64.add(a, b)),
    sub: (a, b) => f.let(f64.sub(a, b)),
    mul: (a, b) => f.let(f64.mul(a, b)),
    div: (a, b) => f.let(f64.div(a, b)),
    neg: (x) => f.let(f64.neg(x)),
  };
}
