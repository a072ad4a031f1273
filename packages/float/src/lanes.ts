/**
 * Operations on four lanes of 32 bits: all that a codec may use. A lane is a signed integer, an fp32 number or a mask (all ones or zeros),
 * as the operation takes it; fp32 results are rounded once. V is what carries the lanes: code that a kernel is being made of, or numbers. A
 * V may be used often. Constants and counts are the same in all lanes.
 */
export interface LaneOps<V> {
  /** 32 bits in each lane: an integer, signed or unsigned. */
  bits(value: number): V;
  /** An fp32 number in each lane. */
  number(x: number): V;
  and(a: V, b: V): V;
  or(a: V, b: V): V;
  xor(a: V, b: V): V;
  /** a & ~b */
  andNot(a: V, b: V): V;
  /** a where the mask is ones, b where it is zeros. */
  select(mask: V, a: V, b: V): V;
  /** By 0 ... 31 bits. */
  shl(a: V, count: number): V;
  shrU(a: V, count: number): V;
  shrS(a: V, count: number): V;
  addI(a: V, b: V): V;
  subI(a: V, b: V): V;
  mulI(a: V, b: V): V;
  minI(a: V, b: V): V;
  maxI(a: V, b: V): V;
  /** The mask of a = b. */
  eqI(a: V, b: V): V;
  /** The mask of a < b. */
  ltI(a: V, b: V): V;
  /** Halves of a lane as signed 16-bit integers: high times high + low times low. */
  dotI16(a: V, b: V): V;
  addF(a: V, b: V): V;
  subF(a: V, b: V): V;
  mulF(a: V, b: V): V;
  divF(a: V, b: V): V;
  /** The mask of a < b; false where either is NaN. */
  ltF(a: V, b: V): V;
  /** An integer as the nearest fp32 number. */
  toNumber(a: V): V;
  /** The integer part, cut off towards 0; the nearest end of the range beyond it, 0 for NaN. */
  toInteger(a: V): V;
}

/**
 * How a kernel reads and writes a format: four values at a time, as fp32 lanes.
 *
 * Values lie in groups of 128 / bits in a word of four 32-bit lanes: value 4 part + lane of a group is the code in bits
 * [part bits, (part + 1) bits) of its lane. fp32 has one part, 16-bit codes have two, 8-bit codes four.
 */
export interface LaneCodec {
  /** As in reports: the format's name, or the layout's. */
  readonly name: string;
  /** Of one stored code. */
  readonly bits: 8 | 16 | 32;
  /**
   * `decode` gives values times this power of two. Where it is not 1 the kernel folds its inverse into the other factor of a product: into
   * any |x| below 2^127 scale, so that x / scale is finite; or multiplies the decoded values.
   */
  readonly scale: number;
  /** The layout holds magnitudes up to this, no infinities and no NaN; Infinity where it holds every code of the format. */
  readonly limit: number;
  /** Values 4 part ... 4 part + 3 of a word's group, times `scale`; exact. */
  decode<V>(ops: LaneOps<V>, word: V, part: number): V;
  /**
   * The word of a group: parts in order, all or the first ones, the others' codes then 0; each number rounded once, as the format's `store`
   * does.
   */
  encode<V>(ops: LaneOps<V>, parts: readonly V[]): V;
  /** Numbers rounded to the format, still fp32 lanes. Any NaN stays some NaN. */
  round<V>(ops: LaneOps<V>, x: V): V;
}
