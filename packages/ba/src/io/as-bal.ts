import { snavely } from "@slam/camera";
import { OptionError } from "@slam/errors";
import { se3 } from "@slam/lie";
import { type Bundle, cameraCount, POSE_SIZE } from "../bundle.ts";

/** COLMAP's models that are Snavely's but for the principal point and the axes, with as many coefficients of distortion as they have. */
const MODELS = ["SIMPLE_PINHOLE", "SIMPLE_RADIAL", "RADIAL"];

/** Half a turn about x: from the axes x right, y up, looking down -z, to x right, y down, looking along z. */
const TURNED = Float64Array.of(0, 0, 0, 1, 0, 0, 0);

/**
 * The same bundle for BAL: each camera with a lens of its own and looking down -z, its measurements from the principal point, y up. Its cost is the same, but what can be refined is not: there is no principal point any more, and lenses
 * that were shared are not.
 *
 * @throws OptionError for a camera model that BAL has no room for.
 */
export function asBal(bundle: Bundle): Bundle {
  const { model, poses, intrinsics, intrinsicsOf, camera, measurements } = bundle;
  if (model.name === snavely.name) return bundle;
  if (!MODELS.includes(model.name)) throw new OptionError("asBal: model", { expected: MODELS.join(", "), actual: model.name });
  const cameras = cameraCount(bundle);
  const turned = new Float64Array(poses.length);
  const lenses = new Float64Array(3 * cameras);
  const lens = model.intrinsics.length;
  const centred = measurements.slice();
  for (let c = 0; c < cameras; c++) {
    se3.compose(poses, POSE_SIZE * c, TURNED, 0, turned, POSE_SIZE * c);
    const at = lens * intrinsicsOf[c];
    lenses[3 * c] = intrinsics[at];
    lenses.set(intrinsics.subarray(at + 3, at + lens), 3 * c + 1);
  }
  for (let i = 0; i < camera.length; i++) {
    const at = lens * intrinsicsOf[camera[i]];
    centred[2 * i] -= intrinsics[at + 1];
    centred[2 * i + 1] = intrinsics[at + 2] - centred[2 * i + 1];
  }
  return {
    ...bundle,
    model: snavely,
    poses: turned,
    intrinsics: lenses,
    intrinsicsOf: intrinsicsOf.map((_, c) => c),
    measurements: centred,
  };
}
