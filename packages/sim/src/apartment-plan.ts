import type { Box } from "./boxes.ts";
import type { Random } from "./random.ts";
import type { Waypoint } from "./rounded-path.ts";

/** Metres, x across and y along the corridor, z up; the floor is at 0. */
const WIDTH = 10;
const DEPTH = 15;
const HEIGHT = 2.5;
export const INSIDE: Box = [0, 0, 0, WIDTH, DEPTH, HEIGHT];
/** Of a room along the corridor; there are three on each side. */
const ROOM = 5;
const ROWS = 3;
const CORRIDOR = { left: 4.25, middle: 5, right: 5.75 } as const;
const WALL = 0.1;
const DOOR = { width: 1, height: 2 } as const;
/** Where the way around a room is, from its middle and from the corridor's. */
const AROUND = { alongCorridor: 1.5, near: 1.75, far: 4 } as const;

export interface Room {
  /** -1 left of the corridor, 1 right of it. */
  readonly side: -1 | 1;
  readonly row: number;
}

export const ROOMS: readonly Room[] = ([-1, 1] as const).flatMap((side) => Array.from({ length: ROWS }, (_, row) => ({ side, row })));

export const CORRIDOR_START: Waypoint = [CORRIDOR.middle, 0.75];

/** Where one turns into a room. */
export function doorOf({ row }: Room): Waypoint {
  return [CORRIDOR.middle, ROOM * (row + 0.5)];
}

/** The way from the corridor into a room, around its table and back to the corridor's edge; clockwise or not. */
export function tourOf(room: Room, direction: -1 | 1): readonly Waypoint[] {
  const [, y] = doorOf(room);
  const near = CORRIDOR.middle + room.side * AROUND.near;
  const far = CORRIDOR.middle + room.side * AROUND.far;
  const [first, second] = [y + direction * AROUND.alongCorridor, y - direction * AROUND.alongCorridor];
  return [
    [near, y],
    [near, first],
    [far, first],
    [far, second],
    [near, second],
    [near, y],
  ];
}

/** Walls, the same in each apartment, and furniture, drawn at random beside the ways: boxes [x0, y0, z0, x1, y1, z1]. */
export function drawBoxes(random: Random): Float64Array {
  return Float64Array.from([...outerWalls(), ...ROOMS.flatMap(wallsOf), ...ROOMS.flatMap((room) => drawFurniture(room, random))].flat());
}

function outerWalls(): readonly Box[] {
  return [
    [-WALL, -WALL, 0, 0, DEPTH + WALL, HEIGHT],
    [WIDTH, -WALL, 0, WIDTH + WALL, DEPTH + WALL, HEIGHT],
    [0, -WALL, 0, WIDTH, 0, HEIGHT],
    [0, DEPTH, 0, WIDTH, DEPTH + WALL, HEIGHT],
  ];
}

/** The wall to the corridor with its door, and the one to the next room. */
function wallsOf({ side, row }: Room): readonly Box[] {
  const middle = side < 0 ? CORRIDOR.left : CORRIDOR.right;
  const [x0, x1] = [middle - WALL / 2, middle + WALL / 2];
  const [y0, y1] = [ROOM * row, ROOM * (row + 1)];
  const [door0, door1] = [(y0 + y1 - DOOR.width) / 2, (y0 + y1 + DOOR.width) / 2];
  const toCorridor: readonly Box[] = [
    [x0, y0, 0, x1, door0, HEIGHT],
    [x0, door1, 0, x1, y1, HEIGHT],
    [x0, door0, DOOR.height, x1, door1, HEIGHT],
  ];
  const [inner, outer] = side < 0 ? [0, x0] : [x1, WIDTH];
  return row === ROWS - 1 ? toCorridor : [...toCorridor, [inner, y1 - WALL / 2, 0, outer, y1 + WALL / 2, HEIGHT]];
}

/** A table in the middle, a shelf at the wall opposite the door, a cupboard at each side wall. */
function drawFurniture(room: Room, random: Random): readonly Box[] {
  const between = (least: number, largest: number): number => least + (largest - least) * random.uniform();
  const [, y] = doorOf(room);
  // x of the left side's room; the right one is its mirror image.
  const [long, wide] = [between(0.3, 0.5), between(0.4, 0.7)];
  const table: Box = [2.125 - long, y - wide, 0, 2.125 + long, y + wide, between(0.6, 0.8)];
  const [shelf, shelfLength] = [between(-1.8, 0.2), between(0.8, 1.6)];
  const shelfBox: Box = [0, y + shelf, 0, between(0.25, 0.4), y + shelf + shelfLength, between(1.2, 2.2)];
  const cupboards = ([-1, 1] as const).map((end): Box => {
    const [from, length, depth, height] = [between(0.5, 2.2), between(0.6, 1.4), between(0.3, 0.5), between(0.7, 2)];
    const wall = y + end * (ROOM / 2 - WALL / 2);
    const front = wall - end * depth;
    return [from, Math.min(wall, front), 0, from + length, Math.max(wall, front), height];
  });
  const boxes = [table, shelfBox, ...cupboards];
  return room.side < 0 ? boxes : boxes.map(([x0, y0, z0, x1, y1, z1]): Box => [WIDTH - x1, y0, z0, WIDTH - x0, y1, z1]);
}
