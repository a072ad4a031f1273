// Unit quaternions x y z w in arrays, or as scalars: what they were read from may be `out`. The functions that run once for each pose and edge
// take arrays: engines allocate for every scalar that is passed to a function they do not inline.

/**
 * out <- a b, its norm restored to 1 by one Newton step for 1 / sqrt(n): enough for factors that are unit up to rounding, and long chains
 * of products do not drift. (Sophus does the same.)
 *
 * @param sign -1 conjugates a.
 */
export function writeProduct(sign: 1 | -1, a: Float64Array, ao: number, b: Float64Array, bo: number, out: Float64Array, o: number): void {
  const ax = sign * a[ao];
  const ay = sign * a[ao + 1];
  const az = sign * a[ao + 2];
  const aw = a[ao + 3];
  const bx = b[bo];
  const by = b[bo + 1];
  const bz = b[bo + 2];
  const bw = b[bo + 3];
  const x = aw * bx + ax * bw + (ay * bz - az * by);
  const y = aw * by + ay * bw + (az * bx - ax * bz);
  const z = aw * bz + az * bw + (ax * by - ay * bx);
  const w = aw * bw - (ax * bx + ay * by + az * bz);
  const scale = 2 / (1 + (x * x + y * y + z * z + w * w));
  write(scale * x, scale * y, scale * z, scale * w, out, o);
}

/**
 * out <- R(q) v = v + w t + q x t, t = 2 q x v.
 *
 * @param sign -1 conjugates q.
 */
export function writeRotated(sign: 1 | -1, q: Float64Array, qo: number, v: Float64Array, vo: number, out: Float64Array, o: number): void {
  const qx = sign * q[qo];
  const qy = sign * q[qo + 1];
  const qz = sign * q[qo + 2];
  const qw = q[qo + 3];
  const vx = v[vo];
  const vy = v[vo + 1];
  const vz = v[vo + 2];
  const tx = 2 * (qy * vz - qz * vy);
  const ty = 2 * (qz * vx - qx * vz);
  const tz = 2 * (qx * vy - qy * vx);
  out[o] = vx + qw * tx + (qy * tz - qz * ty);
  out[o + 1] = vy + qw * ty + (qz * tx - qx * tz);
  out[o + 2] = vz + qw * tz + (qx * ty - qy * tx);
}

/**
 * out <- q / |q| with w >= 0. What is unit up to rounding (8 u covers that of the division and of this test) keeps its bits.
 */
export function writeNormalized(x: number, y: number, z: number, w: number, out: Float64Array, o: number): void {
  const square = x * x + y * y + z * z + w * w;
  const scale = Math.abs(square - 1) <= 2 ** -50 ? 1 : Math.sqrt(square);
  const d = w < 0 ? -scale : scale;
  write(x / d, y / d, z / d, w / d, out, o);
}

/** out <- R(q), rows `stride` numbers apart. */
export function writeMatrix(x: number, y: number, z: number, w: number, out: Float64Array, o: number, stride: number): void {
  out[o] = 1 - 2 * (y * y + z * z);
  out[o + 1] = 2 * (x * y - w * z);
  out[o + 2] = 2 * (x * z + w * y);
  out[o + stride] = 2 * (x * y + w * z);
  out[o + stride + 1] = 1 - 2 * (x * x + z * z);
  out[o + stride + 2] = 2 * (y * z - w * x);
  out[o + 2 * stride] = 2 * (x * z - w * y);
  out[o + 2 * stride + 1] = 2 * (y * z + w * x);
  out[o + 2 * stride + 2] = 1 - 2 * (x * x + y * y);
}

/**
 * out <- the quaternion of a rotation matrix, w >= 0. Of the four formulas the one that divides by the largest component: nothing cancels.
 *
 * @see Shepperd, Quaternion from rotation matrix, Journal of Guidance and Control 1 (3), 1978.
 */
export function writeFromMatrix(m: Float64Array, mo: number, stride: number, out: Float64Array, o: number): void {
  const m00 = m[mo];
  const m01 = m[mo + 1];
  const m02 = m[mo + 2];
  const m10 = m[mo + stride];
  const m11 = m[mo + stride + 1];
  const m12 = m[mo + stride + 2];
  const m20 = m[mo + 2 * stride];
  const m21 = m[mo + 2 * stride + 1];
  const m22 = m[mo + 2 * stride + 2];
  const trace = m00 + m11 + m22;
  const largest = Math.max(trace, m00, m11, m22);
  if (largest === trace) writeNormalized(m21 - m12, m02 - m20, m10 - m01, 1 + trace, out, o);
  else if (largest === m00) writeNormalized(1 + m00 - m11 - m22, m01 + m10, m02 + m20, m21 - m12, out, o);
  else if (largest === m11) writeNormalized(m01 + m10, 1 - m00 + m11 - m22, m12 + m21, m02 - m20, out, o);
  else writeNormalized(m02 + m20, m12 + m21, 1 - m00 - m11 + m22, m10 - m01, out, o);
}

export function write(x: number, y: number, z: number, w: number, out: Float64Array, o: number): void {
  out[o] = x;
  out[o + 1] = y;
  out[o + 2] = z;
  out[o + 3] = w;
}
