import { type Expr, type FloatLanes, type FunctionBuilder, f32x4, f64x2, i16x8, i32, i32x4, type Local, type Operand, v128 } from "@slam/wasm";

/** How a matrix's values lie in an arena: "fp16-scaled" are the codes of 2^10 times the values. */
export type Layout = "fp64" | "fp32" | "bf16" | "fp16" | "fp16-scaled";

/** What the kernels of one layout are written with. The vectors are in the arithmetic: as many lanes as 16 bytes hold. */
export interface StoredLanes {
  readonly floats: FloatLanes<"f32"> | FloatLanes<"f64">;
  readonly lanes: 2 | 4;
  /** Of a stored value. */
  readonly bytes: 2 | 4 | 8;
  /** Called at the start of a function, where its constants are kept; gives what decodes the codes at the low end of a vector. */
  decoder(f: FunctionBuilder): Decode;
}

export type Decode = (codes: Expr<"v128">) => Expr<"v128">;

const wide = { floats: f64x2, lanes: 2, decoder: () => (values: Expr<"v128">) => values } as const;
const single = { floats: f32x4, lanes: 4 } as const;

export const STORED_LANES: { readonly [layout in Layout]: StoredLanes } = {
  fp64: { ...wide, bytes: 8 },
  fp32: { ...wide, ...single, bytes: 4 },
  bf16: { ...single, bytes: 2, decoder: bf16Decoder },
  fp16: { ...single, bytes: 2, decoder: fp16Decoder },
  "fp16-scaled": { ...single, bytes: 2, decoder: scaledFp16Decoder },
};

const SIGN = 0x8000_0000 | 0;
/** What the exponents of fp32 are biased by more than those of fp16, in the place of fp32's exponent. */
const REBIAS = (127 - 15) << 23;

/** A code is the upper half of the fp32 number. */
function bf16Decoder(f: FunctionBuilder): Decode {
  const zero = f.let(i32x4.splat(0));
  return (codes) => i16x8.shuffle(zero, codes, [0, 8, 1, 9, 2, 10, 3, 11]);
}

/** Every code, without an operation on a subnormal number of fp32, which would take some processors a hundred cycles. */
function fp16Decoder(f: FunctionBuilder): Decode {
  const magnitudes = f.let(i32x4.splat(0x7fff));
  const sign = f.let(i32x4.splat(SIGN));
  const rebias = f.let(i32x4.splat(REBIAS));
  const leastNormal = f.let(i32x4.splat(1 << 23));
  const mostFinite = f.let(i32x4.splat((31 << 23) - 1));
  const unit = f.let(f32x4.splat(2 ** -14));
  return (codes) => {
    const code = f.let(i32x4.extend_low_i16x8_s(codes));
    const magnitude = f.let(i32x4.shl(v128.and(code, magnitudes), 13));
    const normal = f.let(i32x4.add(magnitude, rebias));
    // 2^-14 (1 + fraction) - 2^-14
    const subnormal = f32x4.sub(i32x4.add(normal, leastNormal), unit);
    const finite = v128.bitselect(subnormal, normal, i32x4.lt_s(magnitude, leastNormal));
    const value = v128.bitselect(i32x4.add(normal, rebias), finite, i32x4.gt_s(magnitude, mostFinite));
    return v128.or(value, v128.and(code, sign));
  };
}

/** Codes of 2^10 times the value, all normal or zero: as fp32 their bits are the value times 2^(10 + 15 - 127). */
function scaledFp16Decoder(f: FunctionBuilder): Decode {
  const places = f.let(i32x4.splat(SIGN | 0x0fff_e000));
  const factor = f.let(f32x4.splat(2 ** 102));
  return (codes) => f32x4.mul(v128.and(i32x4.shl(i32x4.extend_low_i16x8_s(codes), 13), places), factor);
}

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
export function scatter(f: FunctionBuilder, segments: readonly Segment[], bytes: 4 | 8, v: Local<"v128">): void {
  for (const { address, offset, lane, width } of pieces(segments, bytes)) {
    if (width === 16) f.store(address, v, offset);
    else f.storeLane((8 * width) as 32 | 64, address, v, lane, offset);
  }
}

type Width = 2 | 4 | 8 | 16;

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
  2: v128.load16_splat,
  4: v128.load32_zero,
  8: v128.load64_zero,
  16: v128.load,
};
const SPLAT: { readonly [width in Width]?: Load } = { 2: v128.load16_splat, 4: v128.load32_splat, 8: v128.load64_splat };
const LANE = { 2: v128.load16_lane, 4: v128.load32_lane, 8: v128.load64_lane, 16: v128.load64_lane } as const;

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

/** Counts the infinities among the numbers a kernel stores. */
export class Infinities {
  readonly #f: FunctionBuilder;
  readonly #stored: StoredLanes;
  /** A count in every 32 bits. */
  readonly #counts: Local<"v128">;
  readonly #infinity: Local<"v128">;

  constructor(f: FunctionBuilder, stored: StoredLanes) {
    this.#f = f;
    this.#stored = stored;
    this.#counts = f.let(i32x4.splat(0));
    this.#infinity = f.let<"v128">(stored.floats.splat(Infinity));
  }

  /** Those in the lower `lanes` of v. */
  add(v: Local<"v128">, lanes: number): void {
    const { floats, lanes: all } = this.#stored;
    const found = floats.eq(floats.abs(v), this.#infinity);
    const inUse = i32x4.const(...([0, 1, 2, 3].map((k) => (k < (lanes * 4) / all ? -1 : 0)) as [number, number, number, number]));
    // A comparison gives -1.
    this.#f.set(this.#counts, i32x4.sub(this.#counts, lanes === all ? found : v128.and(found, inUse)));
  }

  count(): Expr<"i32"> {
    const [a, b, c, d] = [0, 1, 2, 3].map((lane) => i32x4.extract_lane(this.#counts, lane));
    const sum = i32.add(i32.add(a, b), i32.add(c, d));
    return this.#stored.lanes === 2 ? i32.shr_u(sum, 1) : sum;
  }
}
