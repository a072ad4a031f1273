import { checkInteger, checkNumber } from "@slam/errors";
import { CORRIDOR_START, DEPTH, doorOf, drawBoxes, HEIGHT, ROOMS, type Room, tourOf, WIDTH } from "./apartment-plan.ts";
import type { DriveWorld } from "./drive.ts";
import type { Random } from "./random.ts";
import { writeVehicleCamera } from "./robot.ts";
import { RoundedPath, type Waypoint } from "./rounded-path.ts";
import { streamOf } from "./streams.ts";
import { drawSurfaceLandmarks } from "./surface-landmarks.ts";

const CAMERA_HEIGHT = 1;
const CORNER_RADIUS = 0.6;

export interface ApartmentOptions {
  /** Metres that the robot drives, > 0; it visits the six rooms in some 110. Default 150. */
  readonly length?: number;
  /** Metres a second, > 0. Default 0.6. */
  readonly speed?: number;
  /** Key frames a second, > 0. Default 10. */
  readonly rate?: number;
  /** Default 5000. */
  readonly landmarks?: number;
  /** An integer in 0 ... 2^32 - 1; the same seed gives the same bits. Default 0. */
  readonly seed?: number;
}

/**
 * An apartment of 10 x 15 m: a corridor, three rooms on each side of it, doors, tables, shelves and cupboards, with landmarks on all of them. A robot patrols it: round after round it visits all rooms, each
 * round in another order, drives around the table of each one way or the other, and sees its corridor and its rooms again. Its camera is 1 m high and looks ahead. Furniture, landmarks and the order of visits are the seed's.
 *
 * @throws OptionError for options out of range.
 */
export function apartment(options: ApartmentOptions = {}): DriveWorld {
  const { length = 150, speed = 0.6, rate = 10, landmarks = 5000, seed = 0 } = options;
  for (const [name, value] of Object.entries({ length, speed, rate })) checkNumber(`apartment: ${name}`, value, Number.MIN_VALUE);
  checkInteger("apartment: landmarks", landmarks, 0);
  checkInteger("apartment: seed", seed, 0, 2 ** 32 - 1);
  const path = patrol(length, streamOf(seed, "path"));
  const random = streamOf(seed, "landmarks");
  const boxes = drawBoxes(random);
  return {
    ...drive(path, length, speed / rate, rate),
    landmarks: drawSurfaceLandmarks(boxes, [WIDTH, DEPTH, HEIGHT], landmarks, random),
    boxes,
  };
}

/** A pose every `spacing` metres. */
function drive(path: RoundedPath, length: number, spacing: number, rate: number): { timestamps: Float64Array; poses: Float64Array } {
  const frames = 1 + Math.floor(length / spacing);
  const poses = new Float64Array(7 * frames);
  for (let k = 0; k < frames; k++) {
    const [x, y, heading] = path.at(k * spacing);
    writeVehicleCamera(x, y, heading, CAMERA_HEIGHT, poses, 7 * k);
  }
  return { timestamps: Float64Array.from({ length: frames }, (_, k) => k / rate), poses };
}

/** A path at least so long; a longer one begins as a shorter one does. */
function patrol(length: number, random: Random): RoundedPath {
  const waypoints: Waypoint[] = [CORRIDOR_START];
  let last: Room | undefined;
  // Each time as many rounds as there have been, so that all paths that were too short take as long to make as the last.
  for (let rounds = 1; ; rounds *= 2) {
    for (let round = Math.floor(rounds / 2); round < rounds; round++) last = visitAll(last, waypoints, random);
    const path = new RoundedPath(waypoints, CORNER_RADIUS);
    if (path.length >= length) return path;
  }
}

/** Appends the way through all rooms. @returns the last of them. */
function visitAll(last: Room | undefined, waypoints: Waypoint[], random: Random): Room {
  const rooms = shuffled(last, random);
  for (const room of rooms) {
    const door = doorOf(room);
    // The room may be across the corridor.
    if (waypoints[waypoints.length - 1][1] !== door[1]) waypoints.push(door);
    waypoints.push(...tourOf(room, random.uniform() < 0.5 ? -1 : 1), door);
  }
  return rooms[rooms.length - 1];
}

/** All rooms in an order drawn at random, not beginning with the one that was last. */
function shuffled(last: Room | undefined, random: Random): readonly Room[] {
  const rooms = [...ROOMS];
  for (let k = 0; k < rooms.length; k++) {
    const open = k === 0 && last !== undefined ? rooms.filter((room) => room !== last) : rooms.slice(k);
    const other = rooms.indexOf(open[random.integer(open.length)]);
    [rooms[k], rooms[other]] = [rooms[other], rooms[k]];
  }
  return rooms;
}
