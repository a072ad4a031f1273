const bytes = new Uint8Array(8);
const view = new DataView(bytes.buffer);

/** Unsigned LEB128 of an integer in 0 ... 2^53. */
export function unsigned(n: number): readonly number[] {
  const out: number[] = [];
  for (let rest = n; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...out, rest];
    out.push((rest % 128) | 0x80);
  }
}

/** Signed LEB128 of an integer in -2^63 ... 2^63 - 1. */
export function signed(n: bigint): readonly number[] {
  const out: number[] = [];
  for (let rest = n; ; rest >>= 7n) {
    if (rest >= -64n && rest < 64n) return [...out, Number(rest & 0x7fn)];
    out.push(Number(rest & 0x7fn) | 0x80);
  }
}

/** The four bytes of x rounded to fp32. */
export function float32(x: number): readonly number[] {
  view.setFloat32(0, x, true);
  return [...bytes.subarray(0, 4)];
}

/** The eight bytes of x. */
export function float64(x: number): readonly number[] {
  view.setFloat64(0, x, true);
  return [...bytes];
}

/** A list: its length, then its items. */
export function list(items: readonly (readonly number[])[]): readonly number[] {
  return [...unsigned(items.length), ...items.flat()];
}

/** A run of bytes with its length in front. */
export function sized(content: readonly number[]): readonly number[] {
  return unsigned(content.length).concat(content);
}

/** A name of ASCII characters. */
export function name(text: string): readonly number[] {
  return sized(Array.from(text, (character) => character.charCodeAt(0)));
}
