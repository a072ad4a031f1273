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

/** [x y z qx qy qz qw s], the scale of 1/3 to 3, often 1 or close to it. */
export const similarPose: fc.Arbitrary<Float64Array> = fc
  .tuple(
    spatialPose,
    fc.constantFrom(-1, 1),
    fc.oneof(fc.double({ min: 0, max: 1.1, noNaN: true }), fc.constantFrom(0, 1e-16, 1e-12, 1e-8, 1e-4)),
  )
  .map(([pose, sign, sigma]) => Float64Array.of(...pose, Math.exp(sign * sigma)));
