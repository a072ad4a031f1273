// Products with J of a pose graph and of bundle adjustment: `node --conditions=@slam/source packages/sparse/bench/spmv.ts [megabytes ...]`
// prints a Markdown table. Megabytes are those of J's values in fp32. All formats and the triad are timed in turns, in time on the processor,
// so that a loaded machine matters less; medians of 9 turns, and ratios within a turn.
import { loadavg } from "node:os";
import { argv, cpuUsage } from "node:process";
import { type AnyPrecision, bf16, e4m3, fp16, fp32, fp64, operationFormat, type Storage } from "@slam/float";
import { type LinearOperator, type SpaceCounters, vectorSpace, Work } from "@slam/linop";
import { type BsrMatrix, type BsrPattern, bsrMatrix, bsrOperator, bsrPattern, packBsr, packedBytes, valueCount } from "@slam/sparse";
import { Arena, arenaSpace, f32x4, i32, kernels, type ModuleBuilder, v128 } from "@slam/wasm";

const TURNS = 9;
const SECONDS_A_TURN = 0.03;
/** A matrix's format, and that of arithmetic and vectors. */
const FORMATS: readonly (readonly [AnyPrecision, AnyPrecision])[] = [
  [fp32, fp32],
  [fp64, fp64],
  [fp32, fp64],
  [fp16, fp32],
  [bf16, fp32],
  [e4m3, fp32],
  [fp16, fp16],
];
const counters: SpaceCounters = { events: { overflows: 0, flushed: 0 }, work: new Work() };

/** Something to time, and the bytes it must read and write. */
interface Contestant {
  readonly name: string;
  readonly bytes: number;
  readonly run: () => void;
}

const sizes = argv.length > 2 ? argv.slice(2).map(Number) : [0.9, 4, 44, 200];
console.log(`load ${loadavg()[0].toFixed(2)}\n`);
for (const shape of ["6x6 6x6", "2x6, 2x3"] as const) {
  for (const megabytes of sizes) {
    console.log(`\n### ${shape}, ${megabytes} MB in fp32\n\n| | ms | GB/s | times fp32's speed |\n| --- | ---: | ---: | ---: |`);
    report(contestants(shape === "6x6 6x6" ? poseGraph(megabytes) : bundle(megabytes), megabytes));
  }
}

/** Jacobians of the edges of a walk in laps of 50 poses, each linked to the one before it and to its neighbour of the last lap. */
function poseGraph(megabytes: number): readonly BsrPattern[] {
  const edges = Math.ceil((megabytes * 1e6) / (72 * 4));
  return [pattern(edges, (edges >> 1) + 51, 6, 6, (edge) => [(edge >> 1) + (edge % 2 === 0 ? 49 : 0), (edge >> 1) + 50])];
}

/** Jacobians of observations, point by point, by cameras and by points. */
function bundle(megabytes: number): readonly BsrPattern[] {
  const observations = Math.ceil((megabytes * 1e6) / (18 * 4));
  const points = Math.ceil(observations / 4);
  const cameras = Math.ceil(observations / 2000);
  return [
    pattern(observations, cameras, 2, 6, (k) => [scattered(k, cameras)]),
    pattern(observations, points, 2, 3, (k) => [Math.floor(k / 4)]),
  ];
}

function scattered(k: number, n: number): number {
  return (Math.imul(k + 1, 0x9e3779b1) >>> 0) % n;
}

function pattern(blockRows: number, blockCols: number, r: number, c: number, columns: (row: number) => readonly number[]): BsrPattern {
  const width = columns(0).length;
  const rowPtr = Int32Array.from({ length: blockRows + 1 }, (_, i) => i * width);
  const colIdx = new Int32Array(blockRows * width);
  for (let i = 0; i < blockRows; i++) colIdx.set(columns(i), i * width);
  return bsrPattern({ blockRows, blockCols, r, c, rowPtr, colIdx });
}

function contestants(patterns: readonly BsrPattern[], megabytes: number): readonly Contestant[] {
  const list: Contestant[] = [triad(megabytes)];
  for (const [P, vectors] of FORMATS) {
    const { significandBits: bits } = vectors;
    const name = bits < 24 ? `${P.name}/${vectors.name}` : bits > 24 && P !== vectors ? `${P.name} on fp64` : P.name;
    const matrices = patterns.map((p) => filled(p, P));
    const vectorBytes = patterns.map((p) => 2 * 8 * (p.blockRows * p.r + p.blockCols * p.c) + 64).reduce((a, b) => a + b);
    const arena = new Arena(patterns.reduce((sum, p) => sum + packedBytes(p, P), 0) + vectorBytes);
    const format = operationFormat<AnyPrecision>(vectors, vectors);
    const space = arenaSpace(arena, format, counters);
    const packed = matrices.map((A) => bsrOperator(packBsr(A, arena), space) as LinearOperator<AnyPrecision>);
    list.push(...products(name, packed, patterns, P));
    if (megabytes <= 44 && vectors.significandBits >= 24) {
      const plain = vectorSpace<AnyPrecision>(format, counters);
      const loops = matrices.map((A) => bsrOperator(A, plain));
      list.push(...products(`${name}, plain JavaScript`, loops, patterns, P));
    }
  }
  return list;
}

function filled(p: BsrPattern, P: AnyPrecision): BsrMatrix<AnyPrecision> {
  const A = bsrMatrix(p, P);
  for (let k = 0; k < valueCount(p); k++) P.store(A.values as Storage, k, ((k * 7) % 31) / 16 - 0.9);
  return A as BsrMatrix<AnyPrecision>;
}

function products(
  name: string,
  operators: readonly LinearOperator<AnyPrecision>[],
  patterns: readonly BsrPattern[],
  P: AnyPrecision,
): readonly Contestant[] {
  const operands = operators.map((A) => ({
    A,
    x: A.space.zeros(A.cols) as Storage,
    r: A.space.zeros(A.rows) as Storage,
    y: A.space.zeros(A.rows),
    z: A.space.zeros(A.cols),
  }));
  for (const { x, r } of operands) {
    // The code of 1 in fp16.
    x.fill(x instanceof Uint16Array ? 0x3c00 : 1);
    r.fill(r instanceof Uint16Array ? 0x3c00 : 1);
  }
  const vectorBytes = operators[0].space.format.storage.Storage.BYTES_PER_ELEMENT;
  const bytes = patterns
    .map((p) => valueCount(p) * P.Storage.BYTES_PER_ELEMENT + 4 * p.colIdx.length + vectorBytes * (p.blockRows * p.r + p.blockCols * p.c))
    .reduce((a, b) => a + b);
  return [
    {
      name: `J x, ${name}`,
      bytes,
      run: () => {
        for (const { A, x, y } of operands) A.multiply(x as never, y);
      },
    },
    {
      name: `J' r, ${name}`,
      bytes,
      run: () => {
        for (const { A, r, z } of operands) A.multiplyTransposed(r as never, z);
      },
    },
  ];
}

interface Triad {
  triad(a: number, b: number, c: number, n: number): void;
}

/** a <- b + 3 c on vectors that take as much together as J. */
function triad(megabytes: number): Contestant {
  const n = Math.ceil((megabytes * 1e6) / 12 / 16) * 16;
  const arena = new Arena(12 * n);
  const [a, b, c] = [0, 1, 2].map(() => arena.address("triad", arena.view(fp32, n).fill(1)));
  const run = kernels(arena, triadKernel);
  return { name: "triad", bytes: 12 * n, run: () => run.triad(a, b, c, n) };
}

function triadKernel(m: ModuleBuilder<Triad>): void {
  m.func("triad", { a: "i32", b: "i32", c: "i32", n: "i32" }, "void", (f, { a, b, c, n }) => {
    const s = f.let(f32x4.splat(3));
    f.for(0, f.let(i32.mul(n, 4)), 64, (i) => {
      for (const offset of [0, 16, 32, 48]) {
        const [bi, ci] = [v128.load(i32.add(b, i), offset), v128.load(i32.add(c, i), offset)];
        f.store(i32.add(a, i), f32x4.add(bi, f32x4.mul(s, ci)), offset);
      }
    });
  });
}

function report(list: readonly Contestant[]): void {
  const times = list.map((): number[] => []);
  const repeats = list.map(({ run }) => Math.max(1, Math.round(SECONDS_A_TURN / warmSeconds(run))));
  for (let turn = 0; turn < TURNS; turn++) {
    list.forEach(({ run }, k) => {
      const start = cpuUsage();
      for (let i = 0; i < repeats[k]; i++) run();
      const { user, system } = cpuUsage(start);
      times[k].push((user + system) / 1000 / repeats[k]);
    });
  }
  list.forEach(({ name, bytes }, k) => {
    const against = list.findIndex((other) => other.name === `${name.split(", ")[0]}, fp32`);
    const ratio = against < 0 ? "" : median(times[k].map((t, turn) => times[against][turn] / t)).toFixed(2);
    const ms = median(times[k]);
    console.log(`| ${name} | ${ms.toPrecision(3)} | ${(bytes / ms / 1e6).toFixed(1)} | ${ratio} |`);
  });
}

/** After enough calls that the engine has compiled with optimisation. */
function warmSeconds(run: () => void): number {
  const start = performance.now();
  let calls = 0;
  while (performance.now() - start < 100 || calls < 3) {
    run();
    calls++;
  }
  const last = performance.now();
  run();
  return Math.max((performance.now() - last) / 1000, 1e-6);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
