import { type AnyPrecision, fp32, fp64, type LaneCodec } from "@slam/float";
import {
  decodeLanes,
  type Expr,
  type FunctionBuilder,
  f32x4,
  f64x2,
  i32x4,
  type LaneFormat,
  type Local,
  laneEmitter,
  laneFormat,
  v128,
} from "@slam/wasm";
import { interleavedPlace, isInterleaved } from "./interleaved.ts";
import { gather, type Segment, scatter } from "./segments.kernel.ts";

/** How a matrix's values lie in an arena, in the matrix' order: numbers in fp64, or the codes of a codec. */
export type Layout = "fp64" | LaneCodec;

/** Where a codec's scale goes: into the decoded values, or into what they are multiplied with. */
export type Scales = "decoded" | "folded";

/** What the kernels of one layout and one arithmetic are written with. The vectors are in the arithmetic. */
export interface StoredLanes {
  readonly vectors: LaneFormat;
  /** Of a stored value of the matrix. */
  readonly bytes: 1 | 2 | 4 | 8;
  /**
   * Reads values to the lanes of a vector, rounded to the arithmetic. Offsets are those of `BsrMatrix`' order, from an address where a block begins or, unless codes are
   * interleaved, any.
   */
  readonly read: Reader;
  /** The same for values of the same addresses, which may be decoded together. */
  readTogether(): Reader;
  /** Where words of 32 bits hold several neighbours, and lanes are as wide. */
  readonly words: StoredWords | undefined;
  readVector(f: FunctionBuilder, segments: readonly Segment[]): Expr<"v128">;
  /** What values are multiplied with: a vector, times the inverse of the scale that a folding reader leaves in them. */
  readFactor(f: FunctionBuilder, segments: readonly Segment[]): Expr<"v128">;
  storeVector(f: FunctionBuilder, segments: readonly Segment[], x: Local<"v128">): void;
}

type Reader = (f: FunctionBuilder, segments: readonly Segment[]) => Expr<"v128">;

/** Four words of 32 bits in lanes, as they lie in memory. */
export interface StoredWords {
  /** Values in a word, the first in its lowest bits. */
  readonly parts: 2 | 4;
  /** A value of each word, rounded to the arithmetic. */
  decode(f: FunctionBuilder, words: Local<"v128">, part: number): Expr<"v128">;
}

/** The bytes of a stored value. */
export function bytesOf(layout: Layout): 1 | 2 | 4 | 8 {
  return layout === "fp64" ? 8 : ((layout.bits / 8) as 1 | 2 | 4);
}

/** Whether a codec's scale can be folded into the other factors: products then have their bits, or are no numbers where these are beyond 2^127 times it. */
export function isFoldable(layout: Layout, arithmetic: AnyPrecision): layout is LaneCodec {
  return layout !== "fp64" && layout.scale < 1 && arithmetic === fp32;
}

/**
 * A matrix of blocks of r x c in the format M. fp64 values only in fp64 arithmetic; codes in any that has a lane format.
 *
 * @param scales folded where that can be.
 */
export function storedLanes(
  M: AnyPrecision,
  layout: Layout,
  arithmetic: AnyPrecision,
  r: number,
  c: number,
  scales: Scales = "decoded",
): StoredLanes {
  if (scales === "folded" && isFoldable(layout, arithmetic)) {
    const withScale = storedLanes(M, unscaled(layout), arithmetic, r, c);
    const factor = f32x4.splat(1 / layout.scale);
    return { ...withScale, readFactor: (f, segments) => f32x4.mul(withScale.readVector(f, segments), factor) };
  }
  const vectors = laneFormat(arithmetic) as LaneFormat;
  const plain = reader(M, layout, arithmetic);
  const interleaved = isInterleaved(r, c, layout);
  const readVector: Reader = (f, segments) => vectors.decode(f, gather(segments, vectors.bytes));
  const readTogether = (): Reader => (interleaved ? interleavedReader(M, layout as LaneCodec, arithmetic, r * c, plain) : plain);
  return {
    vectors,
    bytes: bytesOf(layout),
    read: (f, segments) => readTogether()(f, segments),
    readTogether,
    words: interleaved ? undefined : storedWords(M, layout, arithmetic),
    readVector,
    readFactor: readVector,
    storeVector: (f, segments, x) => scatter(f, segments, vectors.bytes, f.let(vectors.encode(f, [x]))),
  };
}

function reader(M: AnyPrecision, layout: Layout, arithmetic: AnyPrecision): Reader {
  if (layout === "fp64") return (_, segments) => gather(segments, 8);
  const decoded: Reader = (f, segments) => decodeLanes(f, layout, gather(segments, layout.bits / 8));
  if (arithmetic === fp64) return (f, segments) => f64x2.promote_low_f32x4(decoded(f, segments));
  return (f, segments) => roundedTo(f, M, arithmetic, decoded(f, segments));
}

/** Of blocks of `size` values: neighbours from an even place on, as pairs of neighbours that are decoded by fours; others one by one. */
function interleavedReader(M: AnyPrecision, codec: LaneCodec, arithmetic: AnyPrecision, size: number, plain: Reader): Reader {
  const { decode } = wordsOf(M, codec, arithmetic);
  const [words, fours] = [keptLocals(), keptLocals()];

  /** The four values from value e on, e a multiple of 4. */
  function four(f: FunctionBuilder, address: Local<"i32">, e: number): Local<"v128"> {
    const inBlock = e % size;
    const first = e - (inBlock % 8);
    return fours(f, address, e, () => {
      if (inBlock - (inBlock % 8) + 8 > size) return plain(f, [{ address, offset: 2 * first, count: 4 }]);
      const word = words(f, address, first, () => v128.load(address, 2 * first));
      return decode(f, word, (inBlock % 8) / 4);
    });
  }

  return (f, segments) => {
    const values = segments.flatMap(({ address, offset, count }) =>
      Array.from({ length: count }, (_, k) => ({ address, e: offset / 2 + k })),
    );
    const pairs = values.filter((_, lane) => lane % 2 === 0);
    const areNeighbours = values.every(({ address, e }, lane) =>
      lane % 2 === 0 ? e % 2 === 0 : address === values[lane - 1].address && e === values[lane - 1].e + 1,
    );
    if (arithmetic === fp64 || !areNeighbours || values.length % 2 === 1) {
      const placed = values.map(({ address, e }) => ({
        address,
        offset: 2 * (e - (e % size) + interleavedPlace(e % size, size)),
        count: 1,
      }));
      return plain(f, placed);
    }
    const [low, high = low] = pairs;
    const [a, b] = [low, high].map(({ address, e }) => four(f, address, e - (e % 4)));
    const [i, j] = [low.e % 4, high.e % 4];
    return a === b && i === 0 && (j !== 0 || pairs.length === 1) ? a : i32x4.shuffle(a, b, [i, i + 1, 4 + j, 5 + j] as const);
  };
}

/** The same local for the same address and value, made once. */
function keptLocals(): (f: FunctionBuilder, address: Local<"i32">, e: number, make: () => Expr<"v128">) => Local<"v128"> {
  const kept = new Map<Local<"i32">, Map<number, Local<"v128">>>();
  return (f, address, e, make) => {
    const ofAddress = kept.get(address) ?? new Map<number, Local<"v128">>();
    kept.set(address, ofAddress);
    const local = ofAddress.get(e) ?? f.let(make());
    ofAddress.set(e, local);
    return local;
  };
}

function storedWords(M: AnyPrecision, layout: Layout, arithmetic: AnyPrecision): StoredWords | undefined {
  return layout === "fp64" || layout.bits === 32 || arithmetic === fp64 ? undefined : wordsOf(M, layout, arithmetic);
}

function wordsOf(M: AnyPrecision, codec: LaneCodec, arithmetic: AnyPrecision): StoredWords {
  return {
    parts: (32 / codec.bits) as 2 | 4,
    decode: (f, words, part) => {
      const decoded = codec.decode<Expr<"v128">>(laneEmitter(f), words, part);
      return roundedTo(f, M, arithmetic, codec.scale === 1 ? decoded : f32x4.mul(decoded, f32x4.splat(1 / codec.scale)));
    },
  };
}

/** The codec of a layout whose decoded values keep its scale. */
function unscaled(layout: LaneCodec): LaneCodec {
  const { name, bits, limit } = layout;
  return {
    name,
    bits,
    limit,
    scale: 1,
    decode: (ops, word, part) => layout.decode(ops, word, part),
    encode: (ops, parts) => layout.encode(ops, parts),
    round: (ops, x) => layout.round(ops, x),
  };
}

/** fp32 lanes that hold values of M, rounded. */
function roundedTo(f: FunctionBuilder, M: AnyPrecision, arithmetic: AnyPrecision, x: Expr<"v128">): Expr<"v128"> {
  return arithmetic === fp32 || arithmetic === M ? x : (arithmetic.lanes as LaneCodec).round(laneEmitter(f), f.let(x));
}
