import type { Projection } from "./camera.ts";

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

/** p <- [x y z] / |[x y z]|, finite and not all zero. */
export function writeUnit(p: Float64Array, x: number, y: number, z: number): void {
  const norm = Math.sqrt(x * x + y * y + z * z);
  p[0] = x / norm;
  p[1] = y / norm;
  p[2] = z / norm;
}
