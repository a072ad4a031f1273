const bytes = new Uint8Array(8);
const view = new DataView(bytes.buffer);

/** Unsigned LEB128 of an integer in 0 ... 2^53. */
export function unsigned(n: number): readonly number[] {
  return n < 128 ? [n] : [(n % 128) | 0x80, ...unsigned(Math.floor(n / 128))];
}

/** Signed LEB128 of an integer of 32 bits. */
export function signed(n: number): readonly number[] {
  return n >= -64 && n < 64 ? [n & 0x7f] : [(n & 0x7f) | 0x80, ...signed(n >> 7)];
}

/** Signed LEB128 of an integer of 64 bits. */
export function signed64(n: bigint): readonly number[] {
  const low = Number(n & 0x7fn);
  return n >= -64n && n < 64n ? [low] : [low | 0x80, ...signed64(n >> 7n)];
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

/** The lowest `width` bytes of an integer. */
export function integer(width: 1 | 2 | 4): (n: number) => readonly number[] {
  return (n) => {
    view.setInt32(0, n, true);
    return [...bytes.subarray(0, width)];
  };
}

/** The eight bytes of an integer. */
export function integer64(n: bigint): readonly number[] {
  view.setBigInt64(0, n, true);
  return [...bytes];
}

/** A list: its length, then its items. */
export function list(items: readonly (readonly number[])[]): readonly number[] {
  return unsigned(items.length).concat(...items);
}

/** A run of bytes with its length in front. */
export function sized(content: readonly number[]): readonly number[] {
  return unsigned(content.length).concat(content);
}

/** A name of ASCII characters. */
export function name(text: string): readonly number[] {
  return sized(Array.from(text, (character) => character.charCodeAt(0)));
}
