import { checkInteger, checkNumber } from "@slam/errors";
import { cos, sin } from "@slam/float";
import { se3 } from "@slam/lie";
import type { Motion } from "./motion.ts";
import type { RoundedPath } from "./rounded-path.ts";

/** bodyFromCamera: the body is x ahead, y left, z up; a camera on it that looks ahead is x right, y down, z ahead. */
const LOOKING_AHEAD = Float64Array.of(0, 0, 0, -0.5, 0.5, -0.5, 0.5);

export interface DriveWorldOptions {
  /** Metres driven, > 0. Each world has its own default. */
  readonly length?: number;
  /** Metres a second, > 0. Each world has its own default. */
  readonly speed?: number;
  /** Key frames a second, > 0. Default 10. */
  readonly rate?: number;
  /** How many. Each world has its own default. */
  readonly landmarks?: number;
  /** An integer in 0 ... 2^32 - 1; the same seed gives the same bits. Default 0. */
  readonly seed?: number;
}

/** @throws OptionError for options out of range. */
export function checkDriveWorld(
  world: string,
  options: DriveWorldOptions,
  defaults: Required<DriveWorldOptions>,
): Required<DriveWorldOptions> {
  const given = { ...defaults, ...options };
  for (const name of ["length", "speed", "rate"] as const) checkNumber(`${world}: ${name}`, given[name], Number.MIN_VALUE);
  checkInteger(`${world}: landmarks`, given.landmarks, 0);
  checkInteger(`${world}: seed`, given.seed, 0, 2 ** 32 - 1);
  return given;
}

/** The motion of a camera `height` metres above a vehicle's way, looking where it is heading; the path is as long as the drive. */
export function driveAlong(path: RoundedPath, { length, speed, rate }: Required<DriveWorldOptions>, height: number): Motion {
  const spacing = speed / rate;
  const frames = 1 + Math.floor(length / spacing);
  const poses = new Float64Array(7 * frames);
  for (let k = 0; k < frames; k++) {
    const [x, y, heading] = path.at(k * spacing);
    const worldFromBody = Float64Array.of(x, y, height, 0, 0, sin(heading / 2), cos(heading / 2));
    se3.compose(worldFromBody, 0, LOOKING_AHEAD, 0, poses, 7 * k);
    se3.normalize(poses, 7 * k, poses, 7 * k);
  }
  return { timestamps: Float64Array.from({ length: frames }, (_, k) => k / rate), poses };
}
