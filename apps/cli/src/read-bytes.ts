import { open } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { InputError } from "./failure.ts";

const REASONS: { readonly [code: string]: string } = {
  ENOENT: "no such file",
  EISDIR: "is a directory, not a file",
  EACCES: "no permission to read it",
};

/** Where so many bytes go. */
export type Room = (bytes: number) => Uint8Array;

/**
 * A file's bytes, unpacked where they are gzip's or bzip2's.
 *
 * @param room what they lie in where they need not be unpacked. Default a new array.
 */
export async function readBytes(file: string, room: Room = (bytes) => new Uint8Array(bytes)): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readWhole(file, room);
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    throw new InputError(`${file}: ${REASONS[code] ?? message}`);
  }
  if (beginsWith(bytes, "\x1f\x8b")) return unpack(file, "gzip", () => promisify(gunzip)(bytes));
  if (beginsWith(bytes, "BZh")) return unpack(file, "bzip2", async () => (await import("./bunzip2.ts")).bunzip2(bytes));
  return bytes;
}

/** As it is, in one array: `readFile` reads parts, and then puts them together in another. */
async function readWhole(file: string, room: Room): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    // Of a pipe, and of what the system makes up, nobody knows the size.
    if (size === 0) return await handle.readFile();
    const bytes = room(size);
    let end = 0;
    for (let count = 1; count > 0 && end < size; end += count) {
      ({ bytesRead: count } = await handle.read(bytes, end, Math.min(size - end, MOST_AT_ONCE)));
    }
    return bytes.subarray(0, end);
  } finally {
    await handle.close();
  }
}

/** Bytes that systems read in one call. */
const MOST_AT_ONCE = 2 ** 30;

/** Gives a file's bytes, unpacked. */
export type ReadBytes = (file: string) => Promise<Uint8Array>;

/** A `readBytes` that reads a file once, however often it is asked: what the content is, is asked before it is parsed. */
export function readingOnce(): ReadBytes {
  const read = new Map<string, Promise<Uint8Array>>();
  return (file) => {
    const bytes = read.get(file) ?? readBytes(file);
    read.set(file, bytes);
    return bytes;
  };
}

function beginsWith(bytes: Uint8Array, magic: string): boolean {
  return bytes.length >= magic.length && [...magic].every((character, k) => bytes[k] === character.charCodeAt(0));
}

async function unpack(file: string, format: string, from: () => Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await from();
  } catch (error) {
    throw new InputError(`${file}: broken ${format} data, ${(error as Error).message}`);
  }
}
