/** Bytes and words of 32 bits of a descriptor. */
export const DESCRIPTOR_BYTES = 32;
export const DESCRIPTOR_WORDS = 8;

/** A copy of n x 32 bytes as n x 8 words, byte by byte, so that every machine has the same. */
export function wordsOf(descriptors: Uint8Array): Int32Array {
  const words = new Int32Array(descriptors.length / 4);
  for (let k = 0; k < words.length; k++) {
    words[k] = descriptors[4 * k] | (descriptors[4 * k + 1] << 8) | (descriptors[4 * k + 2] << 16) | (descriptors[4 * k + 3] << 24);
  }
  return words;
}

/** How many bits of a[i] and b[j] differ. */
export function hamming(a: Int32Array, i: number, b: Int32Array, j: number): number {
  let distance = 0;
  for (let k = 0; k < DESCRIPTOR_WORDS; k++) distance += bitCount(a[i * DESCRIPTOR_WORDS + k] ^ b[j * DESCRIPTOR_WORDS + k]);
  return distance;
}

/** Ones among 32 bits: sums of pairs, fours, bytes, then of the four bytes by one product. @see Warren, Hacker's Delight, 2nd edition, figure 5-2. */
function bitCount(x: number): number {
  let n = x - ((x >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  n = (n + (n >>> 4)) & 0x0f0f0f0f;
  return Math.imul(n, 0x01010101) >>> 24;
}
