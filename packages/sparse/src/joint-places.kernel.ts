import { type FunctionBuilder, type Local, v128 } from "@slam/wasm";

type Address = Local<"i32">;
type Vector = Local<"v128">;

/** Lanes of a vector that neighbouring columns of one part fill. */
export interface Place {
  readonly part: number;
  /** The first column, counted within the part's block. */
  readonly column: number;
  /** The first lane; `count` lanes of one size are read by one instruction. */
  readonly lane: number;
  readonly count: 1 | 2 | 4;
}

/** What the vectors of a row hold: the columns of blocks of these widths, one after the other, filled up to a multiple of four. */
export function placesOf(sizes: readonly number[], lanes: 2 | 4): readonly (readonly Place[])[] {
  const columns = sizes.flatMap((size, part) => Array.from({ length: size }, (_, column) => ({ part, column })));
  return Array.from({ length: (4 / lanes) * Math.ceil(columns.length / 4) }, (_, k) => {
    const inVector = columns.slice(k * lanes, (k + 1) * lanes);
    const places: Place[] = [];
    for (let lane = 0; lane < inVector.length; ) {
      const { part, column } = inVector[lane];
      let count = lanes as number;
      while (lane % count !== 0 || inVector.slice(lane, lane + count).filter((other) => other.part === part).length < count) count /= 2;
      places.push({ part, column, lane, count: count as Place["count"] });
      lane += count;
    }
    return places;
  });
}

/** A vector with the lanes of these places read from memory, and others as they are in v: v itself where there are none. */
export function readPlaces(
  f: FunctionBuilder,
  v: Vector,
  places: readonly Place[],
  addressOf: (part: number) => Address,
  bytes: number,
): Vector {
  if (places.length === 0) return v;
  let read = v;
  for (const { part, column, lane, count } of places) {
    const [address, offset, width] = [addressOf(part), column * bytes, count * bytes];
    if (width === 16) read = f.let(v128.load(address, offset));
    else if (width === 8) read = f.let(v128.load64_lane(address, read, lane / count, offset));
    else read = f.let(v128.load32_lane(address, read, lane, offset));
  }
  return read;
}

/** The other way: lanes of v to memory. */
export function writePlaces(
  f: FunctionBuilder,
  v: Vector,
  places: readonly Place[],
  addressOf: (part: number) => Address,
  bytes: number,
): void {
  for (const { part, column, lane, count } of places) {
    const [address, offset, width] = [addressOf(part), column * bytes, count * bytes];
    if (width === 16) f.store(address, v, offset);
    else f.storeLane((8 * width) as 32 | 64, address, v, lane / count, offset);
  }
}
