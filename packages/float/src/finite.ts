import { HIGH_WORD } from "./rounding.ts";

/** Whether no number is infinite or NaN. By integers: code that an engine has not optimised yet makes an object of each fp64 number that it reads. */
export function areFinite(x: Float64Array): boolean {
  const words = new Int32Array(x.buffer, x.byteOffset, 2 * x.length);
  for (let k = HIGH_WORD; k < words.length; k += 2) if ((words[k] & 0x7ff00000) === 0x7ff00000) return false;
  return true;
}
