import type { LaneCodec } from "@slam/float";

/**
 * Whether a block's codes are interleaved: of each eight neighbouring values the first four are in the low halves of four words, the others in the high ones, so
 * that decoding leaves neighbours in lanes. It is where rows of 2 and 6 columns, in pairs, fill vectors. Four values that are left at a block's end follow in order.
 */
export function isInterleaved(r: number, c: number, layout: LaneCodec | "fp64"): boolean {
  return layout !== "fp64" && layout.bits === 16 && c % 4 === 2 && r % 2 === 0;
}

/** Where value e is in a block of `size` values that are interleaved. */
export function interleavedPlace(e: number, size: number): number {
  const first = e - (e % 8);
  return first + 8 > size ? e : first + 2 * (e % 4) + ((e >> 2) % 2);
}

/** codes <- the codes of each block of `size` interleaved. */
export function interleaveCodes(codes: { [i: number]: number; readonly length: number }, size: number): void {
  const block = new Uint16Array(size);
  for (let first = 0; first + size <= codes.length; first += size) {
    for (let e = 0; e < size; e++) block[interleavedPlace(e, size)] = codes[first + e];
    for (let e = 0; e < size; e++) codes[first + e] = block[e];
  }
}
