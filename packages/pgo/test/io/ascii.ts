/** Text of one byte a character, as bytes. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

/** The chunks of a file as one text. */
export function textOf(chunks: Iterable<Uint8Array>): string {
  return [...chunks].map((chunk) => String.fromCharCode(...chunk)).join("");
}

/** The chunks of a file as its bytes. */
export function joined(chunks: Iterable<Uint8Array>): Uint8Array {
  return Uint8Array.from([...chunks].flatMap((chunk) => [...chunk]));
}
