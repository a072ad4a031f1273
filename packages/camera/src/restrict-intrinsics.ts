import { OptionError } from "@slam/errors";
import { type CameraModel, newProjection } from "./camera.ts";

export interface Restriction {
  readonly name: string;
  /** What the fewer intrinsics are called, in their order. */
  readonly intrinsics: readonly string[];
  /** For each of the model's own intrinsics that is not 0 the name of the one that it is: `{ fx: "f", fy: "f" }`. */
  readonly from: { readonly [own: string]: string };
}

/**
 * The model with fewer intrinsics k' than its own k: each of k is one of k', or 0. pi'(k', p) = pi(S k', p) and dz/dk' = dz/dk S.
 *
 * @throws OptionError where `from` has a name that neither has.
 */
export function restrictIntrinsics(model: CameraModel, { name, intrinsics, from }: Restriction): CameraModel {
  for (const [own, one] of Object.entries(from)) {
    const expected = "a name of the model's intrinsics, and one of the fewer";
    if (!model.intrinsics.includes(own) || !intrinsics.includes(one))
      throw new OptionError(`${name}: from`, { expected, actual: `${own}: ${one}` });
  }
  const source = Int32Array.from(model.intrinsics, (own) => (own in from ? intrinsics.indexOf(from[own]) : -1));
  const inner = newProjection(model);
  const full = new Float64Array(source.length);
  const expand = (k: ArrayLike<number>): Float64Array => {
    for (let i = 0; i < full.length; i++) full[i] = source[i] < 0 ? 0 : k[source[i]];
    return full;
  };
  const { unproject } = model;
  return {
    name,
    intrinsics,
    measurement: model.measurement,
    project(k, p, out, derivatives) {
      const seen = model.project(expand(k), p, inner, derivatives);
      out.value.set(inner.value);
      if (!derivatives) return seen;
      out.byPoint.set(inner.byPoint);
      out.byIntrinsics.fill(0);
      for (let r = 0; r < inner.value.length; r++) {
        for (let i = 0; i < source.length; i++) {
          if (source[i] >= 0) out.byIntrinsics[r * intrinsics.length + source[i]] += inner.byIntrinsics[r * source.length + i];
        }
      }
      return seen;
    },
    ...(unproject && { unproject: (k, z, p) => unproject.call(model, expand(k), z, p) }),
  };
}
