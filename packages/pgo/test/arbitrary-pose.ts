import fc from "fast-check";

const coordinate = fc.double({ min: -8, max: 8, noNaN: true });
const nearHalfTurn = fc.constantFrom(-Math.PI, -Math.PI + 1e-9, 1e-9 - Math.PI / 2, 0, Math.PI - 1e-9);
const angle = fc.oneof(fc.double({ min: -Math.PI, max: Math.PI, noNaN: true, maxExcluded: true }), nearHalfTurn);

/** [x y theta] */
export const planarPose: fc.Arbitrary<Float64Array> = fc.tuple(coordinate, coordinate, angle).map((values) => Float64Array.from(values));

/** [x y z qx qy qz qw], the quaternion with either sign. */
export const spatialPose: fc.Arbitrary<Float64Array> = fc
  .record({
    t: fc.tuple(coordinate, coordinate, coordinate),
    axis: fc.tuple(coordinate, coordinate, coordinate).filter((axis) => Math.hypot(...axis) > 1e-3),
    angle,
    sign: fc.constantFrom(-1, 1),
  })
  .map(({ t, axis, angle, sign }) => {
    const s = (sign * Math.sin(angle / 2)) / Math.hypot(...axis);
    return Float64Array.of(...t, s * axis[0], s * axis[1], s * axis[2], sign * Math.cos(angle / 2));
  });
