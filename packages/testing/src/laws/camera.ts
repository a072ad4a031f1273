import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectClose } from "../expect-close.ts";

/** What the laws need of a camera model: z = pi(k, p). */
export interface Camera {
  readonly name: string;
  readonly intrinsics: readonly string[];
  readonly measurement: readonly string[];
  project(k: ArrayLike<number>, p: ArrayLike<number>, out: CameraProjection, derivatives: boolean): boolean;
  unproject?(k: ArrayLike<number>, z: ArrayLike<number>, p: Float64Array): boolean;
}

interface CameraProjection {
  readonly value: Float64Array;
  readonly byPoint: Float64Array;
  readonly byIntrinsics: Float64Array;
}

/**
 * Derivatives are those of difference quotients, asking for them changes no value, and unproject undoes project.
 *
 * @param intrinsics of a plausible lens; the laws vary each by a tenth.
 * @param towards +z or -z, the optical axis; points are drawn up to 40 degrees around it, at depths of 0.1 to 1000, and often on it.
 * @param tolerance of values, relative to the largest compared; difference quotients may err by 10 tolerance^(2/3).
 */
export function cameraLaws(
  camera: Camera,
  intrinsics: readonly number[],
  towards: readonly [number, number, number],
  tolerance: number,
): void {
  const rows = camera.measurement.length;
  const columns = camera.intrinsics.length;
  const project = (k: ArrayLike<number>, p: ArrayLike<number>, derivatives: boolean) => {
    const out = { value: poison(rows), byPoint: poison(3 * rows), byIntrinsics: poison(rows * columns) };
    return { seen: camera.project(k, p, out, derivatives), ...out };
  };
  const quotients = 10 * tolerance ** (2 / 3);
  const unit = fc.double({ min: -1, max: 1, noNaN: true });
  const lens = fc.tuple(...intrinsics.map((k) => unit.map((x) => k * (1 + x / 10)))).map((k) => Float64Array.from(k));
  const across = fc.oneof(unit, fc.constant(0));
  const depth = fc.double({ min: -1, max: 3, noNaN: true }).map((x) => 10 ** x);
  const point = fc.tuple(across, across, depth).map(([x, y, z]) => around(towards, x, y, z));

  describe(`${camera.name} as a camera`, () => {
    test("sees what lies before it, and not what lies behind", () => {
      fc.assert(
        fc.property(
          lens,
          depth,
          (k, d) => project(k, around(towards, 0, 0, d), false).seen && !project(k, around(towards, 0, 0, -d), false).seen,
        ),
      );
    });

    test("has the derivatives of difference quotients", () => {
      fc.assert(
        fc.property(lens, point, (k, p) => {
          const { byPoint, byIntrinsics } = project(k, p, true);
          const scale = Math.hypot(...p);

          expectClose(
            byPoint.map((x) => x * scale),
            differences(
              p,
              (q) => project(k, q, false).value,
              p.map(() => scale),
            ),
            quotients,
          );
          expectClose(
            byIntrinsics.map((x, i) => x * sizes(k)[i % columns]),
            differences(k, (l) => project(l, p, false).value, sizes(k)),
            quotients,
          );
        }),
      );
    });

    test("has the same values with derivatives as without, which it then does not touch", () => {
      fc.assert(
        fc.property(lens, point, (k, p) => {
          const { value, byPoint, byIntrinsics } = project(k, p, false);

          expect(value).toEqual(project(k, p, true).value);
          expect([...byPoint, ...byIntrinsics].every(Number.isNaN)).toBe(true);
        }),
      );
    });

    if (camera.unproject === undefined) return;
    test("finds the point again, or its direction", () => {
      fc.assert(
        fc.property(lens, point, (k, p) => {
          const found = new Float64Array(3);
          const { value } = project(k, p, false);

          expect(camera.unproject!(k, value, found)).toBe(true);
          const norm = rows === 2 ? Math.hypot(...p) : 1;
          expectClose(
            found,
            p.map((x) => x / norm),
            tolerance * (rows === 2 ? 1 : Math.hypot(...p)),
          );
        }),
      );
    });
  });
}

function poison(n: number): Float64Array {
  return new Float64Array(n).fill(Number.NaN);
}

/** At depth z along an axis that is +z or -z, and 0.6 x z and 0.6 y z to its sides. */
function around([ax, ay, az]: readonly [number, number, number], x: number, y: number, z: number): Float64Array {
  return Float64Array.of(ax * z + 0.6 * x * z, ay * z + 0.6 * y * z, az * z);
}

/** What a change of each of the intrinsics is measured by: its own size, or 0.1 for a small one. */
function sizes(k: Float64Array): Float64Array {
  return k.map((x) => Math.max(Math.abs(x), 0.1));
}

/** Central differences of f at x, column i times scale[i]; rows x columns. */
function differences(x: Float64Array, f: (x: Float64Array) => Float64Array, scale: Float64Array): Float64Array {
  const h = 2 ** -17;
  const columns = Array.from(x, (_, i) => {
    const ahead = Float64Array.from(x);
    const behind = Float64Array.from(x);
    ahead[i] += h * scale[i];
    behind[i] -= h * scale[i];
    const before = f(behind);
    return f(ahead).map((value, r) => (value - before[r]) / (2 * h));
  });
  const rows = columns[0].length;
  return Float64Array.from({ length: rows * columns.length }, (_, at) => columns[at % columns.length][Math.floor(at / columns.length)]);
}
