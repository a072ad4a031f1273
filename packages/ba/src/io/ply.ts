import { OptionError } from "@slam/errors";
import { type Bundle, cameraCount, POSE_SIZE, pointCount } from "../bundle.ts";

const LINES_A_CHUNK = 1000;
const WHITE = "255 255 255";
const RED = "255 0 0";

/**
 * The points of a bundle, and behind them the centres of its cameras in red, as the vertices of a PLY in text, in chunks: for MeshLab, CloudCompare and their like.
 *
 * @param colors red, green and blue of each point; default white.
 * @throws OptionError where there are not as many colours as points.
 * @see http://paulbourke.net/dataformats/ply/
 */
export function* writePly(bundle: Pick<Bundle, "poses" | "points">, colors?: Uint8Array): Generator<string, void, undefined> {
  const { poses, points } = bundle;
  const [cameras, count] = [cameraCount(bundle), pointCount(bundle)];
  if (colors !== undefined && colors.length !== points.length) {
    throw new OptionError("writePly: colors", { expected: `${points.length} numbers`, actual: colors.length });
  }
  const properties = ["double x", "double y", "double z", "uchar red", "uchar green", "uchar blue"].map((text) => `property ${text}\n`);
  yield `ply\nformat ascii 1.0\ncomment ${count} points, then ${cameras} cameras\nelement vertex ${count + cameras}\n${properties.join("")}end_header\n`;
  for (let first = 0; first < count; first += LINES_A_CHUNK) {
    let chunk = "";
    for (let p = first; p < Math.min(first + LINES_A_CHUNK, count); p++) {
      chunk += `${points.subarray(3 * p, 3 * p + 3).join(" ")} ${colors?.subarray(3 * p, 3 * p + 3).join(" ") ?? WHITE}\n`;
    }
    yield chunk;
  }
  for (let c = 0; c < cameras; c++) yield `${poses.subarray(POSE_SIZE * c, POSE_SIZE * c + 3).join(" ")} ${RED}\n`;
}
