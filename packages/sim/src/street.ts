import type { Box } from "./boxes.ts";
import type { DriveWorld } from "./drive.ts";
import type { Random } from "./random.ts";
import { checkDriveWorld, type DriveWorldOptions, driveAlong } from "./robot.ts";
import { RoundedPath, type Waypoint } from "./rounded-path.ts";
import { streamOf } from "./streams.ts";
import { drawSurfaceLandmarks } from "./surface-landmarks.ts";

/** Metres: from crossing to crossing; from the middle of a street to the houses. */
const BLOCK = 100;
const HALF_STREET = 9;
const CORNER_RADIUS = 12;
const CAMERA_HEIGHT = 1.5;
/** Of the houses, on whose roofs there are no landmarks. */
const HEIGHT = 12;
const LANDMARKS_PER_METRE = 25;

/**
 * A car in a town of square blocks of houses, as large as the drive is long: at each crossing it takes a street that it has driven least often, ahead, left or right, so that it sees most of them once and now and then comes by again.
 * Landmarks are on the facades; the camera is 1.5 m high and looks ahead.
 *
 * Defaults: 500 m at 10 m/s, 10 key frames a second, 25 landmarks for each metre.
 *
 * @throws OptionError for options out of range.
 */
export function street(options: DriveWorldOptions = {}): DriveWorld {
  const { length = 500 } = options;
  const given = checkDriveWorld("street", options, {
    length,
    speed: 10,
    rate: 10,
    landmarks: Math.ceil(LANDMARKS_PER_METRE * length),
    seed: 0,
  });
  const side = sideOf(given.length);
  const boxes = housesOf(side);
  const town: Box = [-HALF_STREET, -HALF_STREET, 0, BLOCK * side + HALF_STREET, BLOCK * side + HALF_STREET, HEIGHT];
  const landmarks = drawSurfaceLandmarks(boxes, town, given.landmarks, streamOf(given.seed, "landmarks"));
  return { ...driveAlong(roam(side, given.length, streamOf(given.seed, "path")), given, CAMERA_HEIGHT), landmarks, boxes };
}

/** How many blocks each way: k have 2 k (k + 1) streets from crossing to crossing. */
function sideOf(length: number): number {
  let side = 1;
  while (2 * side * (side + 1) * BLOCK < length) side++;
  return side;
}

/** The blocks between the streets, and another row around them all. */
function housesOf(side: number): Float64Array {
  const boxes: Box[] = [];
  for (let i = -1; i <= side; i++) {
    for (let j = -1; j <= side; j++) {
      const [x, y] = [BLOCK * i, BLOCK * j];
      const far = BLOCK - HALF_STREET;
      boxes.push([x + HALF_STREET, y + HALF_STREET, 0, x + far, y + far, HEIGHT]);
    }
  }
  return Float64Array.from(boxes.flat());
}

/** A way along the streets, at least so long. */
function roam(side: number, length: number, random: Random): RoundedPath {
  const driven = new Map<string, number>();
  const crossings: Waypoint[] = [
    [0, 0],
    [1, 0],
  ];
  // A corner of radius r is (2 - pi / 2) r shorter than its two sides.
  const streets = Math.ceil(length / (BLOCK - 0.5 * CORNER_RADIUS));
  while (crossings.length <= streets) {
    const [before, here] = crossings.slice(-2);
    const next = nextCrossings(before, here, side);
    const times = next.map((crossing) => driven.get(nameOf(here, crossing)) ?? 0);
    const open = next.filter((_, k) => times[k] === Math.min(...times));
    const chosen = open[random.integer(open.length)];
    const name = nameOf(here, chosen);
    driven.set(name, (driven.get(name) ?? 0) + 1);
    crossings.push(chosen);
  }
  return new RoundedPath(
    crossings.map(([x, y]) => [BLOCK * x, BLOCK * y]),
    CORNER_RADIUS,
  );
}

/** All but the one that the car comes from. */
function nextCrossings(before: Waypoint, [x, y]: Waypoint, side: number): readonly Waypoint[] {
  const all: readonly Waypoint[] = [
    [x + 1, y],
    [x, y + 1],
    [x - 1, y],
    [x, y - 1],
  ];
  return all.filter(([u, v]) => u >= 0 && u <= side && v >= 0 && v <= side && !(u === before[0] && v === before[1]));
}

/** Of the street between two crossings, whichever way it is driven. */
function nameOf(a: Waypoint, b: Waypoint): string {
  return `${a[0] + b[0]} ${a[1] + b[1]}`;
}
