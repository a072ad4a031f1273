import type { Projection } from "./camera.ts";
import type { CameraArithmetic, ProjectedDerivatives } from "./formulas.ts";

/** Row r of dz/dp. */
export function writeByPoint(out: Projection, r: number, x: number, y: number, z: number): void {
  const { byPoint } = out;
  byPoint[3 * r] = x;
  byPoint[3 * r + 1] = y;
  byPoint[3 * r + 2] = z;
}

/**
 * Row r of a model whose intrinsics begin with fx fy cx cy: value f q + c, with q = a/z and a the point's x (axis 0) or y (axis 1), shifted or not. Intrinsics
 * beyond those four are left at 0.
 */
export function writeRatio(
  out: Projection,
  r: number,
  axis: 0 | 1,
  k: ArrayLike<number>,
  q: number,
  inverse: number,
  derivatives: boolean,
): void {
  const f = k[axis];
  const { value, byIntrinsics } = out;
  value[r] = f * q + k[2 + axis];
  if (!derivatives) return;
  writeByPoint(out, r, axis === 0 ? f * inverse : 0, axis === 1 ? f * inverse : 0, -f * q * inverse);
  const row = r * k.length;
  byIntrinsics.fill(0, row, row + k.length);
  byIntrinsics[row + axis] = q;
  byIntrinsics[row + 2 + axis] = 1;
}

/** The derivatives of `writeRatio`'s row, for a model of so many intrinsics. */
export function ratioRow<T>(A: CameraArithmetic<T>, axis: 0 | 1, k: readonly T[], q: T, inverse: T): ProjectedDerivatives<T> {
  const zero = A.constant(0);
  const along = A.mul(k[axis], inverse);
  const byIntrinsics = k.map((_, j) => (j === axis ? q : j === 2 + axis ? A.constant(1) : zero));
  return {
    byPoint: [axis === 0 ? along : zero, axis === 1 ? along : zero, A.mul(A.mul(A.neg(k[axis]), q), inverse)],
    byIntrinsics,
  };
}

/** Rows of derivatives, one under the other. */
export function stacked<T>(rows: readonly ProjectedDerivatives<T>[]): ProjectedDerivatives<T> {
  return { byPoint: rows.flatMap(({ byPoint }) => byPoint), byIntrinsics: rows.flatMap(({ byIntrinsics }) => byIntrinsics) };
}

/** p <- [x y z] / |[x y z]|, finite and not all zero. */
export function writeUnit(p: Float64Array, x: number, y: number, z: number): void {
  const norm = Math.sqrt(x * x + y * y + z * z);
  p[0] = x / norm;
  p[1] = y / norm;
  p[2] = z / norm;
}
