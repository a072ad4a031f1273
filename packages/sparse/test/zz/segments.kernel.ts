import { type Expr, type FunctionBuilder, type Local, type Operand, v128 } from "@slam/wasm";

/** `count` neighbours in memory. */
export interface Segment {
  readonly address: Local<"i32">;
  /** In bytes. */
  readonly offset: number;
  readonly count: number;
}

/** The segments one after the other in a vector, from its low end; what lies behind them is unspecified. Reads nothing else. */
export function gather(segments: readonly Segment[], bytes: number): Expr<"v128"> {
  const [{ address, offset, count }, ...rest] = segments;
  if (rest.length > 0 && rest.every((other) => other.address === address && other.offset === offset && other.count === count)) {
    const splat = SPLAT[(count * bytes) as Width];
    if (splat !== undefined) return splat(address, offset);
  }
  let v: Expr<"v128"> | undefined;
  for (const { address, offset, lane, width } of pieces(segments, bytes)) {
    if (v === undefined) v = FIRST[width](address, offset);
    else v = LANE[width](address, v, lane, offset);
  }
  return v as Expr<"v128">;
}

/** The other way: v's lanes to the segments. */
export function scatter(f: FunctionBuilder, segments: readonly Segment[], bytes: number, v: Local<"v128">): void {
  for (const { address, offset, lane, width } of pieces(segments, bytes)) {
    if (width === 16) f.store(address, v, offset);
    else f.storeLane((8 * width) as 8 | 16 | 32 | 64, address, v, lane, offset);
  }
}

type Width = 1 | 2 | 4 | 8 | 16;
type Load = (address: Operand<"i32">, offset?: number) => Expr<"v128">;

interface Piece {
  readonly address: Local<"i32">;
  readonly offset: number;
  /** In bytes; a power of two that one instruction reads. */
  readonly width: Width;
  /** Where it goes, in widths. */
  readonly lane: number;
}

const FIRST: { readonly [width in Width]: Load } = {
  1: v128.load8_splat,
  2: v128.load16_splat,
  4: v128.load32_zero,
  8: v128.load64_zero,
  16: v128.load,
};
const SPLAT: { readonly [width in Width]?: Load } = {
  1: v128.load8_splat,
  2: v128.load16_splat,
  4: v128.load32_splat,
  8: v128.load64_splat,
};
const LANE = { 1: v128.load8_lane, 2: v128.load16_lane, 4: v128.load32_lane, 8: v128.load64_lane, 16: v128.load64_lane } as const;

function pieces(segments: readonly Segment[], bytes: number): readonly Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const { address, offset, count } of segments) {
    for (let done = 0; done < count * bytes; ) {
      let width = 16;
      while (width > count * bytes - done || at % width !== 0) width /= 2;
      found.push({ address, offset: offset + done, width: width as Width, lane: at / width });
      done += width;
      at += width;
    }
  }
  return found;
}
