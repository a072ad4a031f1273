import { exp, log } from "@slam/float";
import { gamma } from "./coefficients.ts";
import type { LieGroup } from "./lie-group.ts";
import { writeFromMatrix, writeMatrix, writeNormalized, writeProduct, writeRotated } from "./quaternion.ts";
import { type Curve, curve, curveSlopes, inverseCurve } from "./similarity-coefficients.ts";
import { so3, squaredNorm, writeBlock, writeHalfTurn, writeHalfTurned, writeLog3 } from "./so3.ts";

/**
 * Similarities of space, p -> s R p + t: [x, y, z, qx, qy, qz, qw, s], the quaternion of norm 1 and s > 0. Tangents are xi = [v; phi; sigma], phi the rotation
 * vector and sigma = log s.
 *
 * @see Strasdat, Montiel and Davison, Scale drift-aware large scale monocular SLAM, RSS 2010.
 */
export const sim3: LieGroup = {
  name: "Sim(3)",
  size: 8,
  dof: 7,
  pointSize: 3,
  matrixSize: 4,
  identity(out, o) {
    out.fill(0, o, o + 6);
    out[o + 6] = 1;
    out[o + 7] = 1;
  },
  normalize(x, xo, out, o) {
    const s = x[xo + 7];
    write3(x[xo], x[xo + 1], x[xo + 2], out, o);
    writeNormalized(x[xo + 3], x[xo + 4], x[xo + 5], x[xo + 6], out, o + 3);
    out[o + 7] = s;
  },
  // [ta + sa Ra tb, qa qb, sa sb]
  compose(a, ao, b, bo, out, o) {
    const s = a[ao + 7] * b[bo + 7];
    writeMoved(a, ao, b, bo, out, o);
    writeProduct(1, a, ao + 3, b, bo + 3, out, o + 3);
    out[o + 7] = s;
  },
  // [-R't / s, q*, 1 / s]
  inverse(x, xo, out, o) {
    const s = x[xo + 7];
    write3(-x[xo] / s, -x[xo + 1] / s, -x[xo + 2] / s, out, o);
    writeRotated(-1, x, xo + 3, out, o, out, o);
    write3(-x[xo + 3], -x[xo + 4], -x[xo + 5], out, o + 3);
    out[o + 6] = x[xo + 6];
    out[o + 7] = 1 / s;
  },
  // [Ra'(tb - ta) / sa, qa* qb, sb / sa]
  relative(a, ao, b, bo, out, o) {
    const s = a[ao + 7];
    const ratio = b[bo + 7] / s;
    write3((b[bo] - a[ao]) / s, (b[bo + 1] - a[ao + 1]) / s, (b[bo + 2] - a[ao + 2]) / s, out, o);
    writeRotated(-1, a, ao + 3, out, o, out, o);
    writeProduct(-1, a, ao + 3, b, bo + 3, out, o + 3);
    out[o + 7] = ratio;
  },
  // [V(phi, sigma) v, exp phi, e^sigma]
  exp(xi, xio, out, o) {
    const sigma = xi[xio + 6];
    const s = exp(sigma);
    writeHalfTurn(xi, xio + 3, half);
    writeCurved(curve(squaredNorm(xi, xio + 3), sigma, s), xi, xio, xi, xio + 3, out, o);
    writeHalfTurned(xi, xio + 3, half, out, o + 3);
    out[o + 7] = s;
  },
  // [V(phi, sigma)^-1 t, phi, log s]
  log(x, xo, out, o) {
    const s = x[xo + 7];
    const sigma = log(s);
    writeLog3(x, xo + 3, out, o + 3);
    const square = squaredNorm(out, o + 3);
    writeCurved(inverseCurve(square, curve(square, sigma, s)), x, xo, out, o + 3, out, o);
    out[o + 6] = sigma;
  },
  retract(x, xo, xi, xio, out, o) {
    sim3.exp(xi, xio, scratch, 0);
    sim3.compose(x, xo, scratch, 0, out, o);
  },
  local(x, xo, y, yo, out, o) {
    sim3.relative(x, xo, y, yo, scratch, 0);
    sim3.log(scratch, 0, out, o);
  },
  act: writeMoved,
  // [s R, [t]x R, -t; 0, R, 0; 0, 0, 1]
  adjoint(x, xo, out, o) {
    const [tx, ty, tz, s] = [x[xo], x[xo + 1], x[xo + 2], x[xo + 7]];
    writeMatrix(x[xo + 3], x[xo + 4], x[xo + 5], x[xo + 6], A, 0, 3);
    for (let k = 0; k < 3; k++) {
      const [rx, ry, rz] = [A[k], A[k + 3], A[k + 6]];
      write3(ty * rz - tz * ry, tz * rx - tx * rz, tx * ry - ty * rx, column, 0);
      for (let a = 0; a < 3; a++) B[3 * a + k] = column[a];
    }
    write3(-tx, -ty, -tz, column, 0);
    writeBlocks(A, s, B, A, column, out, o);
  },
  hat(xi, xio, out, o) {
    writeBlock(xi[xio + 6], xi[xio + 3], xi[xio + 4], xi[xio + 5], 0, 0, 0, 0, 0, 0, out, o, 4);
    writeLastColumn(xi, xio, 0, out, o);
  },
  vee(matrix, mo, out, o) {
    const [z, y, sigma] = [matrix[mo + 4], matrix[mo + 2], matrix[mo]];
    const x = matrix[mo + 9];
    write3(matrix[mo + 3], matrix[mo + 7], matrix[mo + 11], out, o);
    write3(x, y, z, out, o + 3);
    out[o + 6] = sigma;
  },
  toMatrix(x, xo, out, o) {
    const s = x[xo + 7];
    writeMatrix(x[xo + 3], x[xo + 4], x[xo + 5], x[xo + 6], out, o, 4);
    for (let row = o; row < o + 12; row += 4) for (let k = row; k < row + 3; k++) out[k] *= s;
    writeLastColumn(x, xo, 1, out, o);
  },
  // s is the length of a column on average: sqrt(tr(M'M) / 3)
  fromMatrix(matrix, mo, out, o) {
    let square = 0;
    for (let a = 0; a < 3; a++) square += squaredNorm(matrix, mo + 4 * a);
    const s = Math.sqrt(square / 3);
    for (let a = 0; a < 3; a++) for (let c = 0; c < 3; c++) A[3 * a + c] = matrix[mo + 4 * a + c] / s;
    write3(matrix[mo + 3], matrix[mo + 7], matrix[mo + 11], out, o);
    writeFromMatrix(A, 0, 3, out, o + 3);
    out[o + 7] = s;
  },
  leftJacobian(xi, xio, out, o) {
    readSigned(1, xi, xio);
    writeLeftBlocks();
    writeBlocks(V, 1, B, A, column, out, o);
  },
  rightJacobian(xi, xio, out, o) {
    readSigned(-1, xi, xio);
    writeLeftBlocks();
    writeBlocks(V, 1, B, A, column, out, o);
  },
  leftJacobianInverse(xi, xio, out, o) {
    readSigned(1, xi, xio);
    writeInverse(out, o);
  },
  rightJacobianInverse(xi, xio, out, o) {
    readSigned(-1, xi, xio);
    writeInverse(out, o);
  },
};

const scratch = new Float64Array(8);
const half = new Float64Array(2);
/** The tangent whose Jacobian is made. */
const tangent = new Float64Array(7);
const moved = new Float64Array(3);
const column = new Float64Array(3);
// 3 x 3 blocks, row-major.
const V = new Float64Array(9);
const A = new Float64Array(9);
const B = new Float64Array(9);
const product = new Float64Array(9);

function write3(x: number, y: number, z: number, out: Float64Array, o: number): void {
  out[o] = x;
  out[o + 1] = y;
  out[o + 2] = z;
}

/** out <- t + s R p. */
function writeMoved(x: Float64Array, xo: number, p: Float64Array, po: number, out: Float64Array, o: number): void {
  const [tx, ty, tz, s] = [x[xo], x[xo + 1], x[xo + 2], x[xo + 7]];
  writeRotated(1, x, xo + 3, p, po, out, o);
  write3(tx + s * out[o], ty + s * out[o + 1], tz + s * out[o + 2], out, o);
}

/** out <- (c0 I + c1 [phi]x + c2 [phi]x^2) v. */
function writeCurved(
  { c0, c1, c2 }: Curve,
  v: Float64Array,
  vo: number,
  phi: Float64Array,
  po: number,
  out: Float64Array,
  o: number,
): void {
  const [vx, vy, vz] = [v[vo], v[vo + 1], v[vo + 2]];
  const [x, y, z] = [phi[po], phi[po + 1], phi[po + 2]];
  const cx = y * vz - z * vy;
  const cy = z * vx - x * vz;
  const cz = x * vy - y * vx;
  write3(
    c0 * vx + c1 * cx + c2 * (y * cz - z * cy),
    c0 * vy + c1 * cy + c2 * (z * cx - x * cz),
    c0 * vz + c1 * cz + c2 * (x * cy - y * cx),
    out,
    o,
  );
}

/** out <- c0 I + c1 [phi]x + c2 [phi]x^2, 3 x 3, phi the tangent's; [phi]x^2 = phi phi' - theta^2 I. */
function writeCurveMatrix({ c0, c1, c2 }: Curve, out: Float64Array): void {
  const [x, y, z] = [tangent[3], tangent[4], tangent[5]];
  const h = c2 / 2;
  writeBlock(c0 - c2 * (x * x + y * y + z * z), c1 * x, c1 * y, c1 * z, h * x, h * y, h * z, x, y, z, out, 0, 3);
}

function readSigned(sign: 1 | -1, xi: Float64Array, xio: number): void {
  for (let k = 0; k < 7; k++) tangent[k] = sign * xi[xio + k];
}

/**
 * V, A, B, column <- the blocks of Jl = [V, B, column; 0, A, 0; 0, 0, 1] at the tangent, A the left Jacobian of SO(3). Exp(xi + d) moves the origin by dV v to first
 * order, and Exp(Jl d) moves t = V v by (Jl d)_v + [A dphi]x t + dsigma t. So B = d(V v)/dphi + [t]x A and column = d(V v)/dsigma - t, with
 * d(V v)/dphi = -c1 [v]x + c2 ((phi'v) I + phi v' - 2 v phi') + (c1' [phi]x v + c2' [phi]x^2 v) phi' / theta.
 *
 * @returns the curve of V.
 */
function writeLeftBlocks(): Curve {
  const sigma = tangent[6];
  const found = curveSlopes(squaredNorm(tangent, 3), sigma, exp(sigma));
  const { c1, c2, b0, b1, b2, c1Slope, c2Slope } = found;
  writeCurveMatrix(found, V);
  so3.leftJacobian(tangent, 3, A, 0);
  writeCurved(found, tangent, 0, tangent, 3, moved, 0);
  writeCurved({ c0: b0, c1: b1, c2: b2 }, tangent, 0, tangent, 3, column, 0);
  for (let a = 0; a < 3; a++) column[a] -= moved[a];
  const [vx, vy, vz, x, y, z] = tangent;
  const along = x * vx + y * vy + z * vz;
  const square = squaredNorm(tangent, 3);
  const steep = [
    c1Slope * (y * vz - z * vy) + c2Slope * (x * along - square * vx) - 2 * c2 * vx,
    c1Slope * (z * vx - x * vz) + c2Slope * (y * along - square * vy) - 2 * c2 * vy,
    c1Slope * (x * vy - y * vx) + c2Slope * (z * along - square * vz) - 2 * c2 * vz,
  ];
  const [tx, ty, tz] = moved;
  for (let k = 0; k < 3; k++) {
    const [p, q, r] = [A[k], A[k + 3], A[k + 6]];
    const w = tangent[k];
    const turn = tangent[3 + k];
    B[k] = c2 * x * w + steep[0] * turn + ty * r - tz * q;
    B[3 + k] = c2 * y * w + steep[1] * turn + tz * p - tx * r;
    B[6 + k] = c2 * z * w + steep[2] * turn + tx * q - ty * p;
    B[4 * k] += c2 * along;
  }
  // -c1 [v]x
  B[1] += c1 * vz;
  B[2] -= c1 * vy;
  B[3] -= c1 * vz;
  B[5] += c1 * vx;
  B[6] += c1 * vy;
  B[7] -= c1 * vx;
  return found;
}

/** out <- Jl^-1 = [V^-1, -V^-1 B A^-1, -V^-1 column; 0, A^-1, 0; 0, 0, 1] at the tangent. */
function writeInverse(out: Float64Array, o: number): void {
  const square = squaredNorm(tangent, 3);
  const back = inverseCurve(square, writeLeftBlocks());
  writeCurveMatrix(back, V);
  writeCurveMatrix({ c0: 1, c1: -0.5, c2: gamma(square) }, A);
  writeCurved(back, column, 0, tangent, 3, column, 0);
  for (let a = 0; a < 3; a++) column[a] = -column[a];
  multiply(V, B, product);
  multiply(product, A, B);
  for (let k = 0; k < 9; k++) B[k] = -B[k];
  writeBlocks(V, 1, B, A, column, out, o);
}

/** C <- M N, 3 x 3. */
function multiply(M: Float64Array, N: Float64Array, C: Float64Array): void {
  for (let a = 0; a < 3; a++) {
    for (let c = 0; c < 3; c++) C[3 * a + c] = M[3 * a] * N[c] + M[3 * a + 1] * N[3 + c] + M[3 * a + 2] * N[6 + c];
  }
}

/** out <- [s M, N, c; 0, D, 0; 0, 0, 1], 7 x 7. */
function writeBlocks(M: Float64Array, s: number, N: Float64Array, D: Float64Array, c: Float64Array, out: Float64Array, o: number): void {
  out.fill(0, o, o + 49);
  for (let a = 0; a < 3; a++) {
    for (let k = 0; k < 3; k++) {
      out[o + 7 * a + k] = s * M[3 * a + k];
      out[o + 7 * a + 3 + k] = N[3 * a + k];
      out[o + 7 * (a + 3) + 3 + k] = D[3 * a + k];
    }
    out[o + 7 * a + 6] = c[a];
  }
  out[o + 48] = 1;
}

/** Column 4 and row 4 of a homogeneous matrix: (t, w) and (0, 0, 0, w). */
function writeLastColumn(t: Float64Array, to: number, w: number, out: Float64Array, o: number): void {
  write3(t[to], t[to + 1], t[to + 2], column, 0);
  for (let a = 0; a < 3; a++) out[o + 4 * a + 3] = column[a];
  out.fill(0, o + 12, o + 15);
  out[o + 15] = w;
}
