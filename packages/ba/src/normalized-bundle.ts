import type { Loss } from "@slam/nlls";
import { type Bundle, POSE_SIZE } from "./bundle.ts";
import { costOf } from "./bundle-cost.ts";
import { pointOf, withPoint } from "./observer.ts";
import type { Priors } from "./priors.ts";
import type { Scene } from "./scene.ts";
import { POSE_DOF } from "./unknowns.ts";

/** A bundle and its priors in the coordinates of a scene, where each residual is what it was, and the way back. */
export class NormalizedBundle {
  readonly scene: Scene;
  readonly bundle: Bundle;
  /** The parts of e that are lengths are smaller by the unit, and W larger by its square. */
  readonly priors: Priors;
  readonly #given: Bundle;
  readonly #givenPriors: Priors;

  constructor(given: Bundle, priors: Priors, scene: Scene) {
    const { poses = [], points = [] } = priors;
    this.scene = scene;
    this.#given = given;
    this.#givenPriors = priors;
    this.bundle = { ...given, poses: moved(given.poses, POSE_SIZE, scene), points: moved(given.points, 3, scene) };
    this.priors = {
      poses: poses.map((prior) => ({
        ...prior,
        pose: moved(prior.pose, POSE_SIZE, scene),
        information: weighed(prior.information, POSE_DOF, scene),
      })),
      points: points.map((prior) => ({
        ...prior,
        position: moved(prior.position, 3, scene),
        information: weighed(prior.information, 3, scene),
      })),
    };
  }

  /** x in the bundle's coordinates; poses and points that are where they were at x0, the start, have the bundle's own numbers, whatever the way there and back rounds. */
  decode(x: Float64Array, x0: Float64Array): Float64Array {
    const { poses, intrinsics } = this.#given;
    const decoded = pointOf(this.#given);
    const points = poses.length + intrinsics.length;
    for (let at = 0; at < poses.length; at += POSE_SIZE) this.#decodeOne(x, x0, at, POSE_SIZE, decoded);
    for (let at = poses.length; at < points; at++) if (x[at] !== x0[at]) decoded[at] = x[at];
    for (let at = points; at < x.length; at += 3) this.#decodeOne(x, x0, at, 3, decoded);
    return decoded;
  }

  /** All numbers of a pose or none: of a quaternion's some would not be of unit length with others. */
  #decodeOne(x: Float64Array, x0: Float64Array, at: number, size: number, decoded: Float64Array): void {
    const { origin, unit } = this.scene;
    let isMoved = false;
    for (let k = at; k < at + size; k++) if (x[k] !== x0[k]) isMoved = true;
    if (!isMoved) return;
    for (let a = 0; a < size; a++) decoded[at + a] = a < 3 ? origin[a] + unit * x[at + a] : x[at + a];
  }

  /** The cost of the bundle as it was given, in fp64, or at a point that `decode` returns. */
  costAt(x: Float64Array | undefined, loss: Loss | undefined): number {
    return costOf(x === undefined ? this.#given : withPoint(this.#given, x), this.#givenPriors, loss).cost;
  }
}

/** Of vectors of `size` numbers, the first three of which are a place. */
function moved(vectors: ArrayLike<number>, size: number, { origin, unit }: Scene): Float64Array {
  const result = Float64Array.from(vectors);
  for (let at = 0; at + 2 < result.length; at += size) for (let a = 0; a < 3; a++) result[at + a] = (result[at + a] - origin[a]) / unit;
  return result;
}

/** The upper triangle of D W D, D = diag(unit, unit, unit, 1 ...). */
function weighed(upper: ArrayLike<number>, n: number, { unit }: Scene): Float64Array {
  const result = Float64Array.from(upper);
  for (let i = 0, at = 0; i < n; i++) {
    for (let j = i; j < n; j++, at++) result[at] *= (i < 3 ? unit : 1) * (j < 3 ? unit : 1);
  }
  return result;
}
