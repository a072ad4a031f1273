import { COS_SIN_BOUND, cosSin, type Expr, type FunctionBuilder, f64, i32, type Local, type ModuleBuilder } from "@slam/wasm";
import { countBeyond, WRAPPED_AT_ONCE, wrap } from "../planar.kernel.ts";

/** Poses put one after another by `compose` and `inverse` of a group, with its bits; all numbers in fp64. */
export interface FollowKernel {
  /**
   * X_child <- X_parent Z, or X_parent Z^-1, for so many steps in their order. Addresses of poses and measurements, and of a step's indices: the parent's, the child's, and
   * 2 e + 1 for the inverse of measurement e or 2 e.
   * Returns how many angles are too large for it or not finite: those results are not the reference's.
   */
  follow(poses: number, measurements: number, parents: number, children: number, edges: number, count: number): number;
}

type Body = FunctionBuilder<"i32">;
type Value = Local<"f64">;
type Numbers = readonly Value[];

const PARAMETERS = { poses: "i32", measurements: "i32", parents: "i32", children: "i32", edges: "i32", count: "i32" } as const;

export function followKernel(m: ModuleBuilder<FollowKernel>, dimension: 2 | 3): void {
  const size = dimension === 2 ? 3 : 7;
  m.func("follow", PARAMETERS, "i32", (f, { poses, measurements, parents, children, edges, count }) => {
    const beyond = f.let<"i32">(i32.const(0));
    const index = (array: Local<"i32">, k: Local<"i32">): Expr<"i32"> => i32.load(i32.add(array, i32.shl(k, 2)));
    const element = (array: Local<"i32">, k: Expr<"i32">): Local<"i32"> => f.let(i32.add(array, i32.mul(k, size * 8)));
    const read = (at: Local<"i32">): Numbers => Array.from({ length: size }, (_, k) => f.let(f64.load(at, 8 * k)));
    f.for(0, count, 1, (k) => {
      const edge = f.let(index(edges, k));
      const z = read(element(measurements, i32.shr_u(edge, 1)));
      const parent = read(element(poses, index(parents, k)));
      const [invert, compose] = dimension === 2 ? [invertPlanar, composePlanar] : [invertSpatial, composeSpatial];
      f.if(i32.and(edge, 1), () => invert(f, z, beyond));
      const child = element(poses, index(children, k));
      for (const [at, value] of compose(f, parent, z, beyond).entries()) f.store(child, value, 8 * at);
    });
    return beyond;
  });
}

/** [c x - s y, s x + c y] */
function turned(f: Body, angle: Value, x: Value, y: Value, beyond: Local<"i32">): Numbers {
  countBeyond(f, beyond, angle, COS_SIN_BOUND);
  const [c, s] = cosSin(f, angle).map((value) => f.let(value));
  return [f.let(f64.sub(f64.mul(c, x), f64.mul(s, y))), f.let(f64.add(f64.mul(s, x), f64.mul(c, y)))];
}

/** angle <- angle in [-pi, pi) */
function wrapped(f: Body, angle: Value, beyond: Local<"i32">): Value {
  countBeyond(f, beyond, angle, WRAPPED_AT_ONCE);
  wrap(f, angle);
  return angle;
}

/** z <- z^-1 */
function invertPlanar(f: Body, z: Numbers, beyond: Local<"i32">): void {
  for (const value of z) f.set(value, f64.neg(value));
  const [x, y, theta] = z;
  const [tx, ty] = turned(f, theta, x, y, beyond);
  f.set(x, tx);
  f.set(y, ty);
  wrapped(f, theta, beyond);
}

function composePlanar(f: Body, [ax, ay, angle]: Numbers, [x, y, theta]: Numbers, beyond: Local<"i32">): readonly Expr<"f64">[] {
  const [tx, ty] = turned(f, angle, x, y, beyond);
  const sum = wrapped(f, f.let(f64.add(angle, theta)), beyond);
  return [f64.add(ax, tx), f64.add(ay, ty), sum];
}

function invertSpatial(f: Body, z: Numbers): void {
  for (const value of z.slice(0, 6)) f.set(value, f64.neg(value));
  const t = rotated(f, z.slice(3), z.slice(0, 3));
  for (const [a, value] of t.entries()) f.set(z[a], value);
}

function composeSpatial(f: Body, a: Numbers, b: Numbers): readonly Expr<"f64">[] {
  const t = rotated(f, a.slice(3), b.slice(0, 3)).map((value, k) => f64.add(a[k], value));
  return [...t, ...product(f, a.slice(3), b.slice(3))];
}

/** a b - c d */
function difference(f: Body, a: Value, b: Value, c: Value, d: Value): Value {
  return f.let(f64.sub(f64.mul(a, b), f64.mul(c, d)));
}

/** `writeRotated` of @slam/lie. */
function rotated(f: Body, [qx, qy, qz, qw]: Numbers, [vx, vy, vz]: Numbers): Numbers {
  const twice = (x: Value): Value => f.let(f64.mul(2, x));
  const tx = twice(difference(f, qy, vz, qz, vy));
  const ty = twice(difference(f, qz, vx, qx, vz));
  const tz = twice(difference(f, qx, vy, qy, vx));
  const moved = (v: Value, t: Value, cross: Value): Value => f.let(f64.add(f64.add(v, f64.mul(qw, t)), cross));
  return [
    moved(vx, tx, difference(f, qy, tz, qz, ty)),
    moved(vy, ty, difference(f, qz, tx, qx, tz)),
    moved(vz, tz, difference(f, qx, ty, qy, tx)),
  ];
}

/** `writeProduct` of @slam/lie. */
function product(f: Body, [ax, ay, az, aw]: Numbers, [bx, by, bz, bw]: Numbers): readonly Expr<"f64">[] {
  const sum = (a: Value, b: Value, c: Value, d: Value): Expr<"f64"> => f64.add(f64.mul(a, b), f64.mul(c, d));
  const x = f.let(f64.add(sum(aw, bx, ax, bw), difference(f, ay, bz, az, by)));
  const y = f.let(f64.add(sum(aw, by, ay, bw), difference(f, az, bx, ax, bz)));
  const z = f.let(f64.add(sum(aw, bz, az, bw), difference(f, ax, by, ay, bx)));
  const w = f.let(f64.sub(f64.mul(aw, bw), f64.add(sum(ax, bx, ay, by), f64.mul(az, bz))));
  const square = f64.add(f64.add(sum(x, x, y, y), f64.mul(z, z)), f64.mul(w, w));
  const scale = f.let(f64.div(2, f64.add(1, square)));
  return [x, y, z, w].map((value) => f64.mul(scale, value));
}
