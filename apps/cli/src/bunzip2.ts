/// <reference path="./seek-bzip.d.ts" />
import Bunzip from "seek-bzip";

/** Unpacks bzip2's data, of several streams one after the other as well. @throws Error where it is broken or cut short. */
export function bunzip2(packed: Uint8Array): Uint8Array {
  let at = 0;
  // Of a bare array the library would read on beyond its end; asked for the end by `eof`, it takes data cut between two blocks for whole.
  const readByte = (): number => {
    if (at >= packed.length) throw new Error("unexpected end of file");
    return packed[at++]!;
  };
  const input = {
    readByte,
    read(into: Uint8Array, offset: number, length: number): number {
      for (let k = 0; k < length; k++) into[offset + k] = readByte();
      return length;
    },
  };
  const streams: Uint8Array[] = [];
  do streams.push(Bunzip.decode(input));
  while (at < packed.length);
  return streams.length === 1 ? streams[0]! : Buffer.concat(streams);
}
