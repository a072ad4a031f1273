import { stereo } from "@slam/camera";
import { OptionError } from "@slam/errors";
import { nearestRotation, se3 } from "@slam/lie";
import { type Bundle, cameraCount, POSE_SIZE } from "../bundle.ts";
import { LineTokens } from "./line-tokens.ts";

/** The three files of a stereo problem, as names, bytes or text. */
export interface StereoFiles<T> {
  readonly factors: T;
  readonly poses: T;
  readonly calibration: T;
}

/** A rectified pair that has moved and measured landmarks, with the numbers that its files give to cameras and landmarks. */
export interface StereoProblem {
  readonly bundle: Bundle;
  readonly cameraIds: readonly number[];
  readonly landmarkIds: readonly number[];
}

/** Of `VO_stereo_factorsNN.txt`. */
const FACTORS = /^(.*)VO_stereo_factors([^/\\]*)$/;

/** More than writing a rotation with few digits does to an entry. */
const NOT_A_ROTATION = 1e-3;

const LINES_A_CHUNK = 1000;

/** The names of the files beside `VO_stereo_factorsNN.txt`, by the same suffix; undefined for another name. */
export function stereoFiles(factors: string): StereoFiles<string> | undefined {
  const match = FACTORS.exec(factors);
  if (match === null) return undefined;
  const [, folder, suffix] = match;
  return { factors, poses: `${folder}VO_camera_poses${suffix}`, calibration: `${folder}VO_calibration${suffix}` };
}

/**
 * Reads a stereo problem in the format of GTSAM's examples. Calibration: `fx fy skew cx cy baseline`, the skew being 0; poses: `camera` and the 4 x 4 matrix worldFromCamera by rows; factors:
 * `camera landmark uL uR v X Y Z`, the landmark's position in that camera's frame, which of its first factor it starts at. Rotations are the nearest to what is written.
 *
 * @param names what messages call the files.
 * @throws ParseError where one is something else.
 * @see https://github.com/borglab/gtsam, examples/StereoVOExample_large.cpp.
 */
export function readStereo(bytes: StereoFiles<Uint8Array>, names: StereoFiles<string>): StereoProblem {
  const intrinsics = readCalibration(new LineTokens(bytes.calibration, names.calibration));
  const { poses, cameraIds, cameraOf } = readPoses(new LineTokens(bytes.poses, names.poses));
  const seen = readFactors(new LineTokens(bytes.factors, names.factors), poses, cameraOf, names.poses);
  const { landmarkIds, ...rest } = seen;
  const intrinsicsOf = new Int32Array(cameraIds.length);
  return { bundle: { model: stereo, poses, intrinsics, intrinsicsOf, ...rest }, cameraIds, landmarkIds };
}

function readCalibration(tokens: LineTokens): Float64Array {
  tokens.nextRecord();
  const positive = (name: string): number => {
    const value = tokens.number(name);
    if (!(value > 0)) tokens.fail(`${name} > 0`, `${value}`);
    return value;
  };
  const [fx, fy] = [positive("fx"), positive("fy")];
  const skew = tokens.number("the skew");
  if (skew !== 0) tokens.fail("a skew of 0", `${skew}`);
  const [cx, cy] = [tokens.number("cx"), tokens.number("cy")];
  const baseline = positive("the baseline");
  tokens.endLine();
  if (tokens.nextRecord()) tokens.fail("the end of the file", "more of it");
  return Float64Array.of(fx, fy, cx, cy, baseline);
}

interface Poses {
  readonly poses: Float64Array;
  readonly cameraIds: readonly number[];
  readonly cameraOf: ReadonlyMap<number, number>;
}

function readPoses(tokens: LineTokens): Poses {
  const poses: number[] = [];
  const cameraIds: number[] = [];
  const cameraOf = new Map<number, number>();
  const pose = new Float64Array(POSE_SIZE);
  while (tokens.nextRecord()) {
    const id = tokens.integer("a camera", 0);
    if (cameraOf.has(id)) tokens.fail("a camera that has no pose yet", `${id}`);
    readPose(tokens, pose);
    cameraOf.set(id, cameraIds.length);
    cameraIds.push(id);
    poses.push(...pose);
  }
  if (cameraIds.length === 0) tokens.number("a camera");
  return { poses: Float64Array.from(poses), cameraIds, cameraOf };
}

function readPose(tokens: LineTokens, pose: Float64Array): void {
  const matrix = new Float64Array(16);
  for (let k = 0; k < 16; k++) {
    matrix[k] = tokens.number(`row ${Math.floor(k / 4)}, column ${k % 4} of a pose`);
    if (k >= 12 && matrix[k] !== (k === 15 ? 1 : 0)) tokens.fail("a last row of 0 0 0 1", `${matrix[k]}`);
  }
  tokens.endLine();
  const rotation = Float64Array.from({ length: 9 }, (_, k) => matrix[4 * Math.floor(k / 3) + (k % 3)]);
  nearestRotation(rotation, 0, pose, 3);
  for (let a = 0; a < 3; a++) pose[a] = matrix[4 * a + 3];
  const exact = new Float64Array(16);
  se3.toMatrix(pose, 0, exact, 0);
  const away = Math.max(...exact.map((value, k) => Math.abs(value - matrix[k])));
  if (!(away < NOT_A_ROTATION))
    tokens.fail("a matrix with a rotation in it", `one whose entries are ${away.toPrecision(2)} from the nearest`);
}

type Factors = Pick<Bundle, "points" | "camera" | "point" | "measurements"> & Pick<StereoProblem, "landmarkIds">;

function readFactors(tokens: LineTokens, poses: Float64Array, cameraOf: Poses["cameraOf"], posesName: string): Factors {
  const camera: number[] = [];
  const point: number[] = [];
  const measurements: number[] = [];
  const points: number[] = [];
  const landmarkIds: number[] = [];
  const pointOf = new Map<number, number>();
  const position = new Float64Array(3);
  while (tokens.nextRecord()) {
    const id = tokens.integer("a camera", 0);
    const c = cameraOf.get(id) ?? tokens.fail(`a camera of ${posesName}`, `${id}`);
    const landmark = tokens.integer("a landmark", 0);
    for (const name of ["uL", "uR", "v"]) measurements.push(tokens.number(name));
    for (let a = 0; a < 3; a++) position[a] = tokens.number("XYZ"[a]);
    tokens.endLine();
    let p = pointOf.get(landmark);
    if (p === undefined) {
      p = landmarkIds.length;
      pointOf.set(landmark, p);
      landmarkIds.push(landmark);
      se3.act(poses, POSE_SIZE * c, position, 0, position, 0);
      points.push(position[0], position[1], position[2]);
    }
    camera.push(c);
    point.push(p);
  }
  return {
    points: Float64Array.from(points),
    camera: Int32Array.from(camera),
    point: Int32Array.from(point),
    measurements: Float64Array.from(measurements),
    landmarkIds,
  };
}

/**
 * The text of the three files, in chunks. Every number is written so that it reads back as it is; rotations and points cross into matrices and the cameras' frames with
 * a few roundings.
 *
 * @throws OptionError where the bundle is not of one stereo camera.
 */
export function writeStereo({ bundle, cameraIds, landmarkIds }: StereoProblem): StereoFiles<Iterable<string>> {
  const { model, intrinsics } = bundle;
  if (model.name !== stereo.name) throw new OptionError("writeStereo: model", { expected: stereo.name, actual: model.name });
  if (intrinsics.length !== stereo.intrinsics.length) {
    throw new OptionError("writeStereo: sets of intrinsics", { expected: "1", actual: intrinsics.length / stereo.intrinsics.length });
  }
  const [fx, fy, cx, cy, baseline] = intrinsics;
  return {
    factors: factorLines(bundle, cameraIds, landmarkIds),
    poses: poseLines(bundle, cameraIds),
    calibration: [`${fx} ${fy} 0 ${cx} ${cy} ${baseline}\n`],
  };
}

function* poseLines({ poses }: Bundle, cameraIds: readonly number[]): Generator<string, void, undefined> {
  const matrix = new Float64Array(16);
  for (const [c, id] of cameraIds.entries()) {
    se3.toMatrix(poses, POSE_SIZE * c, matrix, 0);
    yield `${id} ${matrix.join(" ")}\n`;
  }
}

function* factorLines(bundle: Bundle, cameraIds: readonly number[], landmarkIds: readonly number[]): Generator<string, void, undefined> {
  const { poses, points, camera, point, measurements } = bundle;
  const cameraFromWorld = new Float64Array(poses.length);
  for (let c = 0; c < cameraCount(bundle); c++) se3.inverse(poses, POSE_SIZE * c, cameraFromWorld, POSE_SIZE * c);
  const q = new Float64Array(3);
  for (let first = 0; first < camera.length; first += LINES_A_CHUNK) {
    let chunk = "";
    for (let i = first; i < Math.min(first + LINES_A_CHUNK, camera.length); i++) {
      se3.act(cameraFromWorld, POSE_SIZE * camera[i], points, 3 * point[i], q, 0);
      chunk += `${cameraIds[camera[i]]} ${landmarkIds[point[i]]} ${measurements.subarray(3 * i, 3 * i + 3).join(" ")} ${q.join(" ")}\n`;
    }
    yield chunk;
  }
}
