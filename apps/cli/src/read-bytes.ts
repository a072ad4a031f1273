import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { InputError } from "./failure.ts";

const REASONS: { readonly [code: string]: string } = {
  ENOENT: "no such file",
  EISDIR: "is a directory, not a file",
  EACCES: "no permission to read it",
};

/** A file's bytes, unpacked where they are gzip's or bzip2's. */
export async function readBytes(file: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    throw new InputError(`${file}: ${REASONS[code] ?? message}`);
  }
  if (beginsWith(bytes, "\x1f\x8b")) return unpack(file, "gzip", () => promisify(gunzip)(bytes));
  if (beginsWith(bytes, "BZh")) return unpack(file, "bzip2", async () => (await import("./bunzip2.ts")).bunzip2(bytes));
  return bytes;
}

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
