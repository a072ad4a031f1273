import type { Similarity } from "@slam/eval";
import { so3 } from "@slam/lie";
import fc from "fast-check";

const coordinate = fc.double({ min: -10, max: 10, noNaN: true });

const rotation = fc
  .tuple(coordinate, coordinate, coordinate, coordinate)
  .filter((q) => Math.hypot(...q) > 0.1)
  .map((q) => {
    const x = Float64Array.from(q);
    so3.normalize(x, 0, x, 0);
    return x;
  });

const position = fc.tuple(coordinate, coordinate, coordinate).map((p) => Float64Array.from(p));

export const rigidMotion: fc.Arbitrary<Similarity> = fc.record({ scale: fc.constant(1), rotation, translation: position });

/** n x 7 poses within 10 m. */
export function posesOf(n: number): fc.Arbitrary<Float64Array> {
  return fc
    .array(fc.tuple(position, rotation), { minLength: n, maxLength: n })
    .map((poses) => Float64Array.from(poses.flatMap(([p, q]) => [...p, ...q])));
}
