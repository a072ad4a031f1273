import type { Box } from "./boxes.ts";
import type { Random } from "./random.ts";

/** Areas of a box's faces, by axis; two faces each. */
function areasOf(boxes: Float64Array, at: number): readonly [number, number, number] {
  const [x, y, z] = [0, 1, 2].map((axis) => boxes[at + 3 + axis] - boxes[at + axis]);
  return [y * z, z * x, x * y];
}

/**
 * Landmarks drawn evenly over those surfaces of boxes that can be seen from inside of another box: not on its floor or ceiling, not behind its walls, not where boxes touch.
 *
 * @returns count x 3, face by face, so that neighbours in space are neighbours in memory: looking around in a large world then takes half as long.
 */
export function drawSurfaceLandmarks(boxes: Float64Array, inside: Box, count: number, random: Random): Float64Array {
  const until = cumulativeAreas(boxes);
  const landmarks = new Float64Array(3 * count);
  const faceAndNumber = new Float64Array(count);
  for (let k = 0; k < count; ) {
    const face = firstAbove(until, until[until.length - 1] * random.uniform());
    const at = 6 * Math.floor(face / 6);
    const axis = face % 3;
    for (let a = 0; a < 3; a++) {
      const [low, high] = [boxes[at + a], boxes[at + 3 + a]];
      landmarks[3 * k + a] = a === axis ? (face % 6 < 3 ? low : high) : low + (high - low) * random.uniform();
    }
    if (!isOpen(landmarks, 3 * k, boxes, at, inside)) continue;
    // Exact: both are integers, below 2^21 and 2^32.
    faceAndNumber[k] = face * 2 ** 32 + k;
    k++;
  }
  const sorted = new Float64Array(3 * count);
  faceAndNumber.sort().forEach((key, at) => {
    const k = key % 2 ** 32;
    sorted.set(landmarks.subarray(3 * k, 3 * k + 3), 3 * at);
  });
  return sorted;
}

/** Over the faces, six of each box: low x, y, z, then high x, y, z. */
function cumulativeAreas(boxes: Float64Array): Float64Array {
  const until = new Float64Array(boxes.length);
  for (let at = 0, sum = 0; at < boxes.length; at += 6) {
    const areas = areasOf(boxes, at);
    for (let face = 0; face < 6; face++) {
      sum += areas[face % 3];
      until[at + face] = sum;
    }
  }
  return until;
}

function firstAbove(ascending: Float64Array, value: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Whether a point of a face is inside or on the walls there, and in or on no other box. */
function isOpen(p: Float64Array, o: number, boxes: Float64Array, own: number, inside: Box): boolean {
  const [x, y, z] = [p[o], p[o + 1], p[o + 2]];
  if (!(x >= inside[0] && x <= inside[3] && y >= inside[1] && y <= inside[4] && z > inside[2] && z < inside[5])) return false;
  for (let at = 0; at < boxes.length; at += 6) {
    if (at === own) continue;
    if (x >= boxes[at] && x <= boxes[at + 3] && y >= boxes[at + 1] && y <= boxes[at + 4] && z >= boxes[at + 2] && z <= boxes[at + 5])
      return false;
  }
  return true;
}
