import {
  type AnyPrecision,
  atan2,
  bf16,
  cos,
  exp,
  type FP32,
  fp16,
  fp32,
  fp64,
  log,
  operationFormat,
  type Storage,
  sin,
} from "@slam/float";
import { analyzeCholesky, factorize, isFactor, triangularPreconditioner } from "@slam/ichol";
import { type SpaceCounters, type VectorSpace, Work } from "@slam/linop";
import {
  amd,
  type BsrMatrix,
  type BsrPattern,
  bsrMatrix,
  bsrOperator,
  bsrPattern,
  nestedDissection,
  normalSymbolic,
  packBsr,
  packNormal,
  valueCount,
} from "@slam/sparse";
import { Arena, arenaSpace } from "@slam/wasm";
import { BitsHash } from "./bits-hash.ts";
import { RandomBits } from "./random-bits.ts";

const formats: readonly AnyPrecision[] = [fp64, fp32, fp16, bf16];

/** The bits of elementary functions and of each kernel: of products and vectors on operands of any bits, of factors on a matrix that has one. */
export function kernelHashes(): Record<string, string> {
  const hashes: Record<string, string> = { "sin, cos, exp, log, atan2": elementaryHash(), orderings: orderingHash() };
  for (const P of [fp64, fp32]) hashes[`vectors, ${P.name}`] = vectorHash(P);
  for (const [r, c] of [
    [3, 3],
    [6, 6],
    [2, 3],
  ] as const) {
    for (const P of formats) hashes[`products with ${r} x ${c} blocks, ${P.name}`] = productHash(chain(9, r, c), P);
  }
  for (const c of [3, 6]) {
    for (const P of [fp64, fp32]) hashes[`J'J, factor and solves with ${c} x ${c} blocks, ${P.name}`] = factorHash(chain(40, c, c), P);
  }
  return hashes;
}

function elementaryHash(): string {
  const random = new RandomBits(1);
  const hash = new BitsHash();
  const x = random.fill(new Float64Array(200));
  for (let i = 0; i < 200; i++) {
    const small = 50 * random.fraction();
    for (const f of [sin, cos, exp, log]) hash.add(f(x[i])).add(f(small));
    hash.add(atan2(x[i], small)).add(atan2(small, random.fraction()));
  }
  return hash.digest();
}

function orderingHash(): string {
  const { blockRows, rowPtr, colIdx } = normalSymbolic(chain(300, 1, 1)).pattern;
  return new BitsHash()
    .addAll(amd(blockRows, rowPtr, colIdx))
    .addAll(nestedDissection(blockRows, rowPtr, colIdx, { leafSize: 20 }))
    .digest();
}

function vectorHash(P: AnyPrecision): string {
  const random = new RandomBits(2);
  const hash = new BitsHash();
  for (const n of [0, 1, 7, 8, 4097]) {
    const space = engineSpace(P);
    const [x, y] = [fraction(random, space.zeros(n)), fraction(random, space.zeros(n))];
    hash.add(space.dot(x, y));
    space.axpy(1 / 3, x, y);
    space.xpby(y, 1 / 7, x);
    space.diagonalAxpy(random.fill(space.zeros(n)), x, y);
    hash.addAll(x).addAll(y).add(space.events.overflows);
  }
  return hash.digest();
}

function productHash(pattern: BsrPattern, P: AnyPrecision): string {
  const random = new RandomBits(3);
  const hash = new BitsHash();
  const V = P === fp64 ? fp64 : fp32;
  // Values in range for the layouts that need it, then of any bits.
  const fill = [
    (values: Storage) => {
      for (let k = 0; k < values.length; k++) P.store(values, k, random.fraction());
    },
    (values: Storage) => random.fill(values),
  ];
  for (const values of fill) {
    const matrix = bsrMatrix(pattern, P);
    values(matrix.values as Storage);
    const space = engineSpace(V);
    const A = bsrOperator(matrix, space);
    const [x, y] = [fraction(random, space.zeros(A.cols)), space.zeros(A.rows)];
    A.multiply(x, y);
    const z = space.zeros(A.cols);
    A.multiplyTransposed(y, z);
    hash.addAll(y).addAll(z).add(space.events.overflows);
  }
  return hash.digest();
}

/** J'J + I, its factor, and the solves with the factor stored in each format. */
function factorHash(pattern: BsrPattern, P: AnyPrecision): string {
  const random = new RandomBits(4);
  const hash = new BitsHash();
  const J = bsrMatrix<AnyPrecision>(pattern, P);
  for (let k = 0; k < valueCount(pattern); k++) P.store(J.values as never, k, random.fraction());
  const normal = normalSymbolic(pattern);
  const arena = new Arena(1 << 18);
  const packed = packBsr(J as unknown as BsrMatrix<FP32>, arena);
  const product = packNormal(normal, packed.format, arena);
  product.replaceProduct(packed);
  const squares = arena.view(Float64Array, pattern.blockCols * pattern.c);
  packed.columnSquares(squares);
  const { H } = product;
  const { values } = H;
  const { c, rowPtr } = normal.pattern;
  for (let i = 0; i < pattern.blockCols; i++) {
    const at = (rowPtr[i + 1] - 1) * c * c;
    for (let k = 0; k < c; k++) values[at + k * (c + 1)] += 1;
  }
  hash.addAll(squares).addAll(values);
  const factor = factorize(analyzeCholesky(normal.pattern), H);
  if (!isFactor(factor)) throw new Error(`no factor: pivot ${factor.pivot} in row ${factor.row}`);
  const space = engineSpace(P);
  const n = pattern.blockCols * c;
  const [b, x] = [fraction(random, space.zeros(n)), space.zeros(n)];
  for (const storage of P === fp64 ? [fp64] : [fp32, fp16, bf16]) {
    triangularPreconditioner(factor, operationFormat<AnyPrecision>(storage), space).apply(b, x);
    hash.addAll(x);
  }
  return hash.digest();
}

/** Block row i has blocks in the columns i and i + 1, and every third row one far behind: what a walk with loops looks like. */
function chain(blockRows: number, r: number, c: number): BsrPattern {
  const rows = Array.from({ length: blockRows }, (_, i) => (i % 3 === 2 && i > 4 ? [i - 5, i, i + 1] : [i, i + 1]));
  const rowPtr = new Int32Array(blockRows + 1);
  for (let i = 0; i < blockRows; i++) rowPtr[i + 1] = rowPtr[i] + rows[i].length;
  return bsrPattern({ blockRows, blockCols: blockRows + 1, r, c, rowPtr, colIdx: Int32Array.from(rows.flat()) });
}

/** The engine's space for fp64 or fp32, in the types of the latter. */
function engineSpace(P: AnyPrecision): VectorSpace<FP32> {
  const counters: SpaceCounters = { events: { overflows: 0, flushed: 0 }, work: new Work() };
  return arenaSpace(new Arena(1 << 18), operationFormat(P as FP32), counters);
}

function fraction<V extends Storage>(random: RandomBits, x: V): V {
  for (let i = 0; i < x.length; i++) x[i] = random.fraction();
  return x;
}
