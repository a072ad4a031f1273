import { type Bundle, isMarginals, recoverMarginals } from "@slam/ba";
import { pinhole } from "@slam/camera";

// Two cameras a metre apart have measured points 4, 8 and 16 m away, each to a pixel: how well are these known?
const depths = [4, 8, 16];
const bundle: Bundle = {
  model: pinhole,
  poses: Float64Array.of(-0.5, 0, 0, 0, 0, 0, 1, 0.5, 0, 0, 0, 0, 0, 1),
  intrinsics: Float64Array.of(500, 500, 0, 0),
  intrinsicsOf: Int32Array.of(0, 0),
  points: Float64Array.from(depths.flatMap((z) => [0, 0, z])),
  camera: Int32Array.of(0, 1, 0, 1, 0, 1),
  point: Int32Array.of(0, 0, 1, 1, 2, 2),
  measurements: Float64Array.from(depths.flatMap((z) => [250 / z, 0, -250 / z, 0])),
};
const marginals = recoverMarginals(bundle, { held: { cameras: [0, 1], intrinsics: true } });
if (!isMarginals(marginals)) throw new Error(`${marginals.kind} ${marginals.index} is not determined`);
for (const [index, depth] of depths.entries()) {
  const sigma = marginals.block({ kind: "point", index }, { kind: "point", index });
  const deviations = [0, 4, 8].map((k) => `${(1000 * Math.sqrt(sigma[k])).toFixed(0)} mm`);
  console.log(`${depth} m away: to ${deviations.join(", ")} along x, y, z`);
}
const open = recoverMarginals(bundle, { held: { cameras: [0], intrinsics: true } });
if (!isMarginals(open)) console.log(`with one camera held something is open: it shows at ${open.kind} ${open.index}`);
