import { Random } from "./random.ts";

/** What numbers are drawn for: each has its own, so that a change of one does not change the others. */
const STREAMS = {
  landmarks: 0x85ebca6b,
  path: 0xc2b2ae35,
  noise: 0x27d4eb2f,
  tracks: 0x165667b1,
  descriptors: 0x9e3779b1,
  start: 0xd6e8feb8,
} as const;

/** Random numbers of a seed for one purpose. */
export function streamOf(seed: number, purpose: keyof typeof STREAMS): Random {
  return new Random((seed ^ STREAMS[purpose]) >>> 0);
}
