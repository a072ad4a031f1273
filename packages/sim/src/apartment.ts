import { CORRIDOR_START, doorOf, drawBoxes, INSIDE, ROOMS, type Room, tourOf } from "./apartment-plan.ts";
import type { DriveWorld } from "./drive.ts";
import type { Random } from "./random.ts";
import { checkDriveWorld, type DriveWorldOptions, driveAlong } from "./robot.ts";
import { RoundedPath, type Waypoint } from "./rounded-path.ts";
import { streamOf } from "./streams.ts";
import { drawSurfaceLandmarks } from "./surface-landmarks.ts";

const CAMERA_HEIGHT = 1;
const CORNER_RADIUS = 0.6;

/**
 * An apartment of 10 x 15 m: a corridor, three rooms on each side of it, doors, tables, shelves and cupboards, with landmarks on all of them. A robot patrols it: round after round it visits all rooms, each
 * round in another order, drives around the table of each one way or the other, and sees its corridor and its rooms again. A round is some 110 m. The camera is 1 m high and looks ahead. Furniture, landmarks and the order of visits are the seed's.
 *
 * Defaults: 150 m at 0.6 m/s, 10 key frames a second, 5000 landmarks.
 *
 * @throws OptionError for options out of range.
 */
export function apartment(options: DriveWorldOptions = {}): DriveWorld {
  const given = checkDriveWorld("apartment", options, { length: 150, speed: 0.6, rate: 10, landmarks: 5000, seed: 0 });
  const random = streamOf(given.seed, "landmarks");
  const boxes = drawBoxes(random);
  const landmarks = drawSurfaceLandmarks(boxes, INSIDE, given.landmarks, random);
  return { ...driveAlong(patrol(given.length, streamOf(given.seed, "path")), given, CAMERA_HEIGHT), landmarks, boxes };
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
