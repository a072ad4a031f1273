import { type FunctionBuilder, f64, type Local, select } from "@slam/wasm";
import { type Arithmetic, column3, cross, dot3, row3, type Value } from "./kernel-vectors.ts";

/** A camera's pose: R, row-major, and t. */
interface Pose {
  readonly R: readonly Value[];
  readonly t: readonly Value[];
}

/** An anchored point in the frame of the camera that measured it, and what makes a row of dz/dq one of the derivatives by a step of that camera, of the anchor and of (u, v, rho). */
export interface Anchored {
  readonly q: readonly Value[];
  byPose(d: readonly Value[]): readonly Value[];
  byAnchor(d: readonly Value[]): readonly Value[];
  byPoint(d: readonly Value[]): readonly Value[];
}

/**
 * What `Observer` does with an anchored point, with its bits.
 *
 * @param isOwn whether the anchor is the camera itself, whose pose the measurement then does not depend on.
 * @param ray (u, v, s)
 */
export function anchoredPoint(
  f: FunctionBuilder<"void">,
  A: Arithmetic,
  { camera, anchor, isOwn }: { readonly camera: Pose; readonly anchor: Pose; readonly isOwn: Local<"i32"> },
  ray: readonly Value[],
  rho: Value,
): Anchored {
  const orOwn = (own: number, x: Value): Value => f.let(select(f64.const(own), x, isOwn));
  const apart = [0, 1, 2].map((a) => A.sub(anchor.t[a], camera.t[a]));
  const between = [0, 1, 2].map((a) => dot3(A, column3(camera.R, a), apart));
  const turn = [0, 1, 2].flatMap((a) => [0, 1, 2].map((b) => orOwn(a === b ? 1 : 0, dot3(A, column3(camera.R, a), column3(anchor.R, b)))));
  const q = [0, 1, 2].map((a) => A.add(dot3(A, row3(turn, a), ray), A.mul(rho, between[a])));
  const back = A.neg(rho);
  const turned = (d: readonly Value[]): readonly Value[] => [0, 1, 2].map((b) => dot3(A, d, column3(turn, b)));
  return {
    q,
    byPose: (d) => [...d.map((x) => orOwn(0, A.mul(back, x))), ...cross(A, d, q).map((x) => orOwn(0, x))],
    byAnchor(d) {
      const g = turned(d);
      return [...g.map((x) => A.mul(rho, x)), ...cross(A, ray, g)];
    },
    byPoint(d) {
      const [u, v] = turned(d);
      return [u, v, dot3(A, d, between)];
    },
  };
}
