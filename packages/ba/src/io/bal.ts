import { snavely } from "@slam/camera";
import { OptionError } from "@slam/errors";
import { se3, so3 } from "@slam/lie";
import { type Bundle, cameraCount, POSE_SIZE, pointCount } from "../bundle.ts";
import { NumberTokens } from "./number-tokens.ts";

/** Cameras, points and observations that memory can hold; a file with more is something else. */
const MOST = 2 ** 30;
const LINES_A_CHUNK = 1000;

/**
 * Reads a problem of "bundle adjustment in the large": `cameras points observations`; for each observation `camera point x y`; for each camera the angle-axis of R, t,
 * f, k1, k2 of P = R X + t; for each point X. Poses become worldFromCamera.
 *
 * @param file what messages call it.
 * @throws ParseError where it is something else.
 * @see https://grail.cs.washington.edu/projects/bal/; Agarwal, Snavely, Seitz and Szeliski, Bundle adjustment in the large, ECCV 2010.
 */
export function readBal(bytes: Uint8Array, file: string = "problem"): Bundle {
  const tokens = new NumberTokens(bytes, file);
  const cameras = tokens.integer("the number of cameras", 1, MOST);
  const points = tokens.integer("the number of points", 1, MOST);
  const observations = tokens.integer("the number of observations", 0, MOST);
  // Of the shortest there can be: before memory is taken for what is not there.
  const least = 2 * (4 * observations + 9 * cameras + 3 * points);
  if (bytes.length < least) tokens.fail(`at least ${least} bytes for so many`, `a file of ${bytes.length}`);
  const camera = new Int32Array(observations);
  const point = new Int32Array(observations);
  const measurements = new Float64Array(2 * observations);
  let i = 0;
  const [theCamera, thePoint, x, y] = ["the camera", "the point", "x", "y"].map((name) => () => `${name} of observation ${i}`);
  for (; i < observations; i++) {
    camera[i] = tokens.integer(theCamera, 0, cameras - 1);
    point[i] = tokens.integer(thePoint, 0, points - 1);
    measurements[2 * i] = tokens.number(x);
    measurements[2 * i + 1] = tokens.number(y);
  }
  const poses = new Float64Array(POSE_SIZE * cameras);
  const intrinsics = new Float64Array(3 * cameras);
  for (let c = 0; c < cameras; c++) readCamera(tokens, c, poses, intrinsics);
  const positions = new Float64Array(3 * points);
  let k = 0;
  const coordinate = (): string => `${"xyz"[k % 3]} of point ${Math.floor(k / 3)}`;
  for (; k < positions.length; k++) positions[k] = tokens.number(coordinate);
  tokens.end();
  const intrinsicsOf = Int32Array.from({ length: cameras }, (_, c) => c);
  return { model: snavely, poses, intrinsics, intrinsicsOf, points: positions, camera, point, measurements };
}

function readCamera(tokens: NumberTokens, c: number, poses: Float64Array, intrinsics: Float64Array): void {
  const parameter = (name: string): number => tokens.number(`${name} of camera ${c}`);
  const angleAxis = Float64Array.of(parameter("rx"), parameter("ry"), parameter("rz"));
  const cameraFromWorld = new Float64Array(POSE_SIZE);
  for (let a = 0; a < 3; a++) cameraFromWorld[a] = parameter(["tx", "ty", "tz"][a]);
  so3.exp(angleAxis, 0, cameraFromWorld, 3);
  se3.inverse(cameraFromWorld, 0, poses, POSE_SIZE * c);
  for (let a = 0; a < 3; a++) intrinsics[3 * c + a] = parameter(["f", "k1", "k2"][a]);
}

/**
 * The text of a problem, in chunks; every number is written so that it reads back as it is.
 *
 * @throws OptionError for another camera model, which the format does not know.
 */
export function* writeBal(bundle: Bundle): Generator<string, void, undefined> {
  const { model, poses, intrinsics, intrinsicsOf, points, camera, point, measurements } = bundle;
  if (model.name !== snavely.name) throw new OptionError("writeBal: model", { expected: snavely.name, actual: model.name });
  const cameras = cameraCount(bundle);
  yield `${cameras} ${pointCount(bundle)} ${camera.length}\n`;
  for (let first = 0; first < camera.length; first += LINES_A_CHUNK) {
    let chunk = "";
    for (let i = first; i < Math.min(first + LINES_A_CHUNK, camera.length); i++) {
      chunk += `${camera[i]} ${point[i]} ${measurements[2 * i]} ${measurements[2 * i + 1]}\n`;
    }
    yield chunk;
  }
  const cameraFromWorld = new Float64Array(POSE_SIZE);
  const angleAxis = new Float64Array(3);
  for (let c = 0; c < cameras; c++) {
    se3.inverse(poses, POSE_SIZE * c, cameraFromWorld, 0);
    so3.log(cameraFromWorld, 3, angleAxis, 0);
    const lens = intrinsics.subarray(3 * intrinsicsOf[c], 3 * intrinsicsOf[c] + 3);
    yield `${[...angleAxis, ...cameraFromWorld.subarray(0, 3), ...lens].join("\n")}\n`;
  }
  for (let first = 0; first < points.length; first += LINES_A_CHUNK) {
    yield `${points.subarray(first, first + LINES_A_CHUNK).join("\n")}\n`;
  }
}
