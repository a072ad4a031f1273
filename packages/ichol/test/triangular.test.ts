import { DimensionError, OptionError } from "@slam/errors";
import {
  type AnyPrecision,
  bf16,
  defineFloat,
  e4m3,
  fp16,
  fp32,
  fp64,
  type OperationFormat,
  operationFormat,
  pack,
  powerOfTwoBelow,
  tolerance,
  unpack,
} from "@slam/float";
import { type Preconditioner, type SpaceCounters, vectorSpace, Work } from "@slam/linop";
import { expectClose, expectSameBits, preconditionerLaws } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { engineFormat } from "../src/engine-format.ts";
import { type CholeskyFactor, factorize } from "../src/factorize.ts";
import { analyzeCholesky, type CholeskySymbolic, type SymbolicOptions } from "../src/symbolic.ts";
import { referenceSolver } from "../src/triangular.reference.ts";
import { triangularPreconditioner } from "../src/triangular.ts";
import { triangularWorkspace } from "../src/triangular-workspace.ts";
import { choleskyWorkspace } from "../src/workspace.ts";
import {
  anyCase,
  type BlockCase,
  denseFactor,
  denseMatrix,
  gridMatrix,
  lehmer,
  lowerTriangle,
  normalMatrix,
  scalarOrder,
  timesVector,
} from "./block-matrix.ts";
import { CountingFormat } from "./counting.ts";

/** A user's own: 12 bits, 7 of them significant. */
const fp12 = defineFloat({ name: "fp12", exponentBits: 5, significandBits: 7 });

function newCounters(): SpaceCounters {
  return { events: { overflows: 0, flushed: 0 }, work: new Work() };
}

/** M^-1 on plain numbers, each rounded to the format of the vectors. */
function applied(M: Preconditioner<AnyPrecision>, r: ArrayLike<number>): Float64Array {
  const { storage } = M.space.format;
  const z = M.space.zeros(M.size);
  M.apply(pack(storage, r), z);
  return unpack(storage, z);
}

function factorOf(A: readonly (readonly number[])[], how: SymbolicOptions = { ordering: "natural" }, b = 1): CholeskyFactor<AnyPrecision> {
  const matrix = lowerTriangle(fp64, A, b);
  return factorize(analyzeCholesky(matrix.pattern, how), matrix) as CholeskyFactor<AnyPrecision>;
}

function preconditioner(
  factor: CholeskyFactor<AnyPrecision>,
  format: OperationFormat = operationFormat(factor.format),
  vectors: OperationFormat = operationFormat(fp64),
  counters: SpaceCounters = newCounters(),
): Preconditioner<AnyPrecision> {
  return triangularPreconditioner(factor, format, vectorSpace(vectors, counters), counters.work);
}

const two = [
  [4, 2],
  [2, 5],
];

test("solves a 2x2 system, in scalars and as one block", () => {
  expect([...applied(preconditioner(factorOf(two)), [2, 5])]).toEqual([0, 1]);
  expect([...applied(preconditioner(factorOf(two, {}, 2)), [2, 5])]).toEqual([0, 1]);
});

test.each([fp64, fp32, fp16, fp12] as AnyPrecision[])(
  "solves with its factor in $name still when the factor's workspace is used again",
  (P) => {
    const matrix = lowerTriangle(P, two, 1);
    const symbolic = analyzeCholesky(matrix.pattern, { ordering: "natural" });
    const workspace = choleskyWorkspace(symbolic, P);
    const factor = factorize(symbolic, matrix, { workspace }) as CholeskyFactor<AnyPrecision>;
    const own = preconditioner(factor, operationFormat(P, P));
    const stored = preconditioner(factor, operationFormat(P));

    factorize(
      symbolic,
      lowerTriangle(
        P,
        [
          [9, 3],
          [3, 9],
        ],
        1,
      ),
      { workspace },
    );

    expect([...applied(own, [2, 5])]).toEqual([0, 1]);
    expect([...applied(stored, [2, 5])]).toEqual([0, 1]);
  },
);

test("leaves r as it was", () => {
  const M = preconditioner(factorOf(two));
  const r = pack(fp64, [2, 5]);

  M.apply(r, new Float64Array(2));

  expect([...r]).toEqual([2, 5]);
});

test("says what it stores and where its vectors live", () => {
  const space = vectorSpace(operationFormat(fp32), newCounters());

  const M = triangularPreconditioner(factorOf(two), operationFormat(fp16), space);

  expect(M).toMatchObject({ size: 2, storage: "fp16" });
  expect(M.space).toBe(space);
});

test.each([
  { what: "r", r: 3, z: 2 },
  { what: "z", r: 2, z: 1 },
])("refuses $what of another length, before z is written", ({ what, r, z }) => {
  const M = preconditioner(factorOf(two));
  const result = new Float64Array(z).fill(7);

  expect(() => M.apply(new Float64Array(r), result)).toThrow(DimensionError);
  expect(() => M.apply(new Float64Array(r), result)).toThrow(`preconditioner: ${what} has length`);
  expect([...result]).toEqual(new Array(z).fill(7));
});

interface SolveCase {
  readonly symbolic: CholeskySymbolic;
  readonly values: readonly number[];
  readonly r: readonly number[];
}

/** Any factor: numbers that no matrix need have, so that overflow, underflow and NaN occur too. */
const anySolve: fc.Arbitrary<SolveCase> = anyCase.map((drawn) => {
  const symbolic = analyzeCholesky(normalMatrix(fp64, drawn, 1).pattern, { ordering: drawn.order });
  const random = lehmer(drawn.seed);
  const edges = [0, -0, Infinity, NaN, 2 ** -24, 2 ** -140, 60000, 1e30];
  const number = (): number => (random() < 0.98 ? 2 * random() - 1 : edges[Math.floor(random() * edges.length)]);
  const size = symbolic.b ** 2;
  const values = Array.from({ length: symbolic.L.rowIdx.length * size }, number);
  for (let j = 0; j < symbolic.n; j++) {
    for (let a = 0; a < symbolic.b; a++) values[symbolic.L.colPtr[j] * size + a * (symbolic.b + 1)] += 1.5;
  }
  return { symbolic, values, r: Array.from({ length: symbolic.n * symbolic.b }, number) };
});

function referenceSolve({ symbolic, values, r }: SolveCase, format: OperationFormat): Float64Array {
  const w = Float64Array.from(r, (x) => format.arithmetic.round(x));
  referenceSolver(factorFrom(symbolic, format.storage, values), format, newCounters().events)(w);
  return w;
}

function factorFrom(symbolic: CholeskySymbolic, format: AnyPrecision, values: readonly number[]): CholeskyFactor<AnyPrecision> {
  return { symbolic, format, values: pack(format, values), shift: 0, shifts: 0, badPivot: undefined };
}

describe("the engine has the reference's bits", () => {
  test.each([fp64, fp32, fp16, bf16, fp12, e4m3] as AnyPrecision[])("with L in $name", (P) => {
    const format = operationFormat(P);
    const vectors = operationFormat(format.arithmetic);
    fc.assert(
      fc.property(anySolve, (drawn) => {
        const { symbolic, values, r } = drawn;

        const z = applied(preconditioner(factorFrom(symbolic, P, values), format, vectors), unpermuted(symbolic, r));

        expectSameBits(z, unpermuted(symbolic, referenceSolve(drawn, format)));
      }),
    );
  });

  test.each([fp16, fp12, e4m3] as AnyPrecision[])("with L in $name and every operation rounded to it", (P) => {
    const format = operationFormat(P, P);
    expect(engineFormat(format)).toBeDefined();
    fc.assert(
      fc.property(anySolve, (drawn) => {
        const { symbolic, values } = drawn;
        const r = drawn.r.map((x) => (Number.isFinite(x) ? x : 1));
        const scale = powerOfTwoBelow(Math.hypot(...r));

        const z = applied(preconditioner(factorFrom(symbolic, P, values), format), unpermuted(symbolic, r));

        const w = referenceSolve({ ...drawn, r: r.map((x) => x / scale) }, format);
        expectSameBits(
          z,
          unpermuted(
            symbolic,
            w.map((x) => x * scale),
          ),
        );
      }),
    );
  });

  test.each([
    operationFormat(fp64 as AnyPrecision),
    operationFormat(fp32 as AnyPrecision),
    operationFormat(fp16 as AnyPrecision),
    operationFormat(e4m3 as AnyPrecision),
    operationFormat(fp16 as AnyPrecision, fp16),
  ])("on more columns and blocks than a kernel takes at once, in $name", (format) => {
    const A = gridMatrix(fp32 as AnyPrecision, 24);
    const symbolic = analyzeCholesky(A.pattern);
    const factor = factorize(symbolic, A) as CholeskyFactor<AnyPrecision>;
    const random = lehmer(1);
    // Of a norm below 2, which narrow arithmetic leaves as it is.
    const drawn = Array.from({ length: symbolic.n * symbolic.b }, () => random() - 0.5);
    const r = drawn.map((x) => format.arithmetic.round((1.5 * x) / Math.hypot(...drawn)));

    const z = applied(preconditioner(factor, format, operationFormat(fp64)), unpermuted(symbolic, r));

    const w = Float64Array.from(r);
    referenceSolver(factor, format, newCounters().events)(w);
    expectSameBits(z, unpermuted(symbolic, w));
  });

  test("but not where fp32 lanes would round twice", () => {
    expect(engineFormat(operationFormat(bf16, bf16))).toBeUndefined();
    expect(engineFormat(operationFormat(fp64, fp16))).toBeUndefined();
  });

  test.each([fp16, bf16, fp12, e4m3] as AnyPrecision[])("and its counts with an fp32 factor stored in $name", (P) => {
    const format = operationFormat(P);
    fc.assert(
      fc.property(anySolve, (drawn) => {
        const { symbolic, values, r } = drawn;
        const factor = factorFrom(symbolic, fp32, lowerBlocks(symbolic, values));
        const counters = newCounters();
        const expected = newCounters();

        const M = preconditioner(factor, format, operationFormat(fp32), counters);
        const solve = referenceSolver(factor, format, expected.events);

        expect(counters.events).toEqual(expected.events);
        const w = Float64Array.from(r, Math.fround);
        solve(w);
        expectSameBits(applied(M, unpermuted(symbolic, r)), unpermuted(symbolic, w));
      }),
    );
  });

  test("when one workspace serves one factor after the other", () => {
    const format = operationFormat(fp16 as AnyPrecision);
    fc.assert(
      fc.property(anySolve, fc.array(fc.constantFrom(1, 100, 1e5, 1e-6), { minLength: 2, maxLength: 4 }), (drawn, scales) => {
        const { symbolic, values, r } = drawn;
        const workspace = triangularWorkspace(symbolic, format);
        for (const scale of scales) {
          const factor = factorFrom(
            symbolic,
            fp32,
            values.map((x) => x * scale),
          );
          const space = vectorSpace(operationFormat(fp32 as AnyPrecision), newCounters());

          const z = applied(triangularPreconditioner(factor, format, space, undefined, workspace), unpermuted(symbolic, r));

          expectSameBits(z, applied(preconditioner(factor, format, operationFormat(fp32)), unpermuted(symbolic, r)));
        }
      }),
    );
  });

  test("with L in fp16, whichever layout its range allows", () => {
    const edges = [0, -0, 2 ** -24, -3 * 2 ** -24, 2 ** -14, 63.96875, 64, 60000, 2 ** 25, 1e30, Infinity, NaN];
    fc.assert(
      fc.property(
        anySolve,
        fc.constantFrom(...edges),
        fc.constantFrom(...edges),
        fc.double({ min: 2 ** -20, max: 2 ** 30 }),
        (drawn, x, y, scale) => {
          const { symbolic } = drawn;
          const values = pack(
            fp16,
            drawn.values.map((v, k) => (Number.isFinite(v) && Math.abs(v) < 64 ? v : 0) + (k % 7 === 6 ? 2 ** -20 : 0)),
          );
          fp16.store(values, values.length - 1, x);
          const r = drawn.r.map((v, k) => Math.fround(k === 0 ? y : v * scale));
          const factor: CholeskyFactor<AnyPrecision> = {
            symbolic,
            format: fp16,
            values: values as never,
            shift: 0,
            shifts: 0,
            badPivot: undefined,
          };

          const z = applied(preconditioner(factor, operationFormat(fp16 as AnyPrecision), operationFormat(fp64)), unpermuted(symbolic, r));

          const w = Float64Array.from(r);
          referenceSolver(factor, operationFormat(fp16 as AnyPrecision), newCounters().events)(w);
          expectSameBits(z, unpermuted(symbolic, w));
        },
      ),
    );
  });
});

/** Zeros above the diagonal, as a factorisation leaves them. */
function lowerBlocks({ b, n, L }: CholeskySymbolic, values: readonly number[]): number[] {
  const lower = [...values];
  for (let j = 0; j < n; j++) {
    for (let c = 0; c < b; c++) for (let a = 0; a < c; a++) lower[L.colPtr[j] * b * b + c * b + a] = 0;
  }
  return lower;
}

test("a workspace of another structure or format is refused", () => {
  const factor = factorOf(two);
  const space = vectorSpace(operationFormat(fp64), newCounters());
  const other = triangularWorkspace(factorOf(two).symbolic, operationFormat(fp64));
  const narrow = triangularWorkspace(factor.symbolic, operationFormat(fp32));

  expect(() => triangularPreconditioner(factor, operationFormat(fp64), space, undefined, other)).toThrow(OptionError);
  expect(() => triangularPreconditioner(factor, operationFormat(fp64), space, undefined, narrow)).toThrow(
    "triangularPreconditioner: workspace is",
  );
});

/** From the order of elimination to A's. */
function unpermuted({ order, b }: CholeskySymbolic, w: ArrayLike<number>): number[] {
  const z = new Array<number>(w.length);
  order.forEach((block, k) => {
    for (let a = 0; a < b; a++) z[block * b + a] = w[k * b + a];
  });
  return z;
}

/**
 * The same solves on a dense L whose diagonal blocks are inverses X: w_i less L_ij y_j over ascending j, then y_i = X_ii w_i; the sum of L_ij' x_i over
 * descending i in four parts by turns, y_j less ((p0 + p2) + (p1 + p3)), then x_j = X_jj' y_j; each operation rounded.
 *
 * @param below the scalar rows that are stored below each block on the diagonal.
 */
function denseSolve(
  L: readonly (readonly number[])[],
  below: readonly (readonly number[])[],
  r: readonly number[],
  round: (x: number) => number,
): number[] {
  const b = L.length / below.length;
  const w = r.map(round);
  const blocks = Array.from({ length: w.length / b }, (_, k) => Array.from({ length: b }, (_, a) => k * b + a));
  const sum = (terms: readonly number[]): number => terms.map(round).reduce((s, term) => round(s + term));
  for (const block of blocks) {
    for (const i of block) for (let j = 0; j < block[0]; j++) w[i] = round(w[i] - round(L[i][j] * w[j]));
    const y = block.map((i) => sum(block.filter((j) => j <= i).map((j) => L[i][j] * w[j])));
    for (const [a, i] of block.entries()) w[i] = y[a];
  }
  for (const [k, block] of [...blocks.entries()].toReversed()) {
    for (const j of block) {
      const part = (lane: number): number =>
        sum([
          0,
          ...below[k]
            .filter((_, at) => at % 4 === lane)
            .toReversed()
            .map((i) => L[i][j] * w[i]),
        ]);
      w[j] = round(w[j] - round(round(part(0) + part(2)) + round(part(1) + part(3))));
    }
    const lower = (j: number): number[] => block.filter((i) => i >= j).toReversed();
    const x = block.map((j) => sum(lower(j).map((i) => L[i][j] * w[i])));
    for (const [a, j] of block.entries()) w[j] = x[a];
  }
  return w;
}

function rowsBelow({ n, b, L }: CholeskySymbolic): number[][] {
  const blocks = (j: number): number[] => [...L.rowIdx.subarray(L.colPtr[j] + 1, L.colPtr[j + 1])];
  return Array.from({ length: n }, (_, j) => blocks(j).flatMap((i) => Array.from({ length: b }, (_, a) => i * b + a)));
}

/** L with its numbers below the diagonal blocks stored, and those blocks inverted: X_ij = -X_ii (L_ij X_jj + ... + L_i,i-1 X_i-1,j), rounded. */
function withInverses(
  L: readonly (readonly number[])[],
  b: number,
  store: (x: number) => number,
  round: (x: number) => number,
): number[][] {
  const X = L.map((row, i) => row.map((x, j) => (Math.floor(i / b) > Math.floor(j / b) ? round(store(x)) : 0)));
  const size = L.length;
  for (let j = 0; j < size; j++) {
    for (let i = j; Math.floor(i / b) === Math.floor(j / b) && i < size; i++) {
      const pivot = round(1 / round(L[i][i]));
      const others = Array.from({ length: i - j }, (_, k) => round(round(L[i][j + k]) * X[j + k][j]));
      X[i][j] = i === j ? pivot : round(others.reduce((s, x) => round(s + x)) * -pivot);
    }
  }
  const isDiagonal = X.every((row, i) => row.every((x, j) => x === 0 || Math.floor(i / b) === Math.floor(j / b)));
  return isDiagonal ? X.map((row) => row.map((x) => round(store(x)))) : X;
}

describe.each([
  ["fp16/fp16", operationFormat(fp16 as AnyPrecision, fp16)],
  ["bf16/bf16", operationFormat(bf16 as AnyPrecision, bf16)],
  ["e4m3", operationFormat(e4m3 as AnyPrecision)],
  ["fp12/fp12", operationFormat(fp12 as AnyPrecision, fp12)],
  ["fp64 stored, rounded to fp16", operationFormat(fp64 as AnyPrecision, fp16)],
])("%s", (_, format) => {
  test("has the bits of the same solves on a dense L with every operation rounded", () => {
    fc.assert(
      fc.property(anyCase, (drawn) => {
        const factor = normalFactor(drawn);
        const M = preconditioner(factor, format);
        const order = scalarOrder(factor.symbolic);
        // Of norm 1.5: narrow arithmetic scales by 1.
        const direction = Array.from(order, (_, i) => Math.cos(i * drawn.seed));
        const r = direction.map((x) => (1.5 * x) / Math.hypot(...direction));

        const z = applied(M, r);

        const round = (x: number): number => format.arithmetic.round(x);
        const expected = denseSolve(
          withInverses(denseFactor(factor), drawn.b, (x) => format.storage.round(x), round),
          rowsBelow(factor.symbolic),
          order.map((p) => r[p]),
          round,
        );
        expectSameBits(
          order.map((p) => z[p]),
          expected,
        );
      }),
    );
  });
});

function normalFactor(drawn: BlockCase): CholeskyFactor<AnyPrecision> {
  const A = normalMatrix(fp64 as AnyPrecision, drawn, 1);
  return factorize(analyzeCholesky(A.pattern, { ordering: drawn.order }), A) as CholeskyFactor<AnyPrecision>;
}

const drawn: BlockCase = {
  n: 5,
  b: 3,
  seed: 4711,
  edges: [
    [0, 1],
    [1, 2],
    [2, 3],
    [3, 4],
    [4, 0],
  ],
  order: Int32Array.of(2, 0, 3, 4, 1),
};

describe("M^-1 of a complete factor", () => {
  test.each([fp64, fp32])("in $name undoes A", (P) => {
    fc.assert(
      fc.property(anyCase, (drawn) => {
        const A = normalMatrix(P as AnyPrecision, drawn, 1);
        const factor = factorize(analyzeCholesky(A.pattern, { ordering: drawn.order }), A) as CholeskyFactor<AnyPrecision>;
        const dense = denseMatrix(A);
        const x = dense.map((_, i) => Math.cos(i));

        const z = applied(preconditioner(factor), timesVector(dense, x));

        // The eigenvalues of A are between 1 and its trace.
        const condition = dense.reduce((sum, row, i) => sum + row[i], 0);
        expectClose(z, x, condition * tolerance(P, dense.length + 1));
      }),
    );
  });

  test("is the same in every order of elimination", () => {
    const A = normalMatrix(fp64 as AnyPrecision, drawn, 1);
    const dense = denseMatrix(A);
    const x = Float64Array.from(dense, (_, i) => i + 1);
    const r = timesVector(dense, x);

    for (const ordering of ["natural", "amd", drawn.order, Int32Array.of(4, 2, 1, 0, 3)] as const) {
      const factor = factorize(analyzeCholesky(A.pattern, { ordering }), A) as CholeskyFactor<AnyPrecision>;

      expectClose(applied(preconditioner(factor), r), x, tolerance(fp64, 16 * 40));
    }
  });
});

describe.each([
  { format: operationFormat(fp64 as AnyPrecision), vectors: operationFormat(fp64 as AnyPrecision), u: fp64.unitRoundoff },
  { format: operationFormat(fp32 as AnyPrecision), vectors: operationFormat(fp32 as AnyPrecision), u: fp32.unitRoundoff },
  { format: operationFormat(fp16 as AnyPrecision), vectors: operationFormat(fp32 as AnyPrecision), u: fp32.unitRoundoff },
  { format: operationFormat(fp12 as AnyPrecision), vectors: operationFormat(fp32 as AnyPrecision), u: fp32.unitRoundoff },
  { format: operationFormat(e4m3 as AnyPrecision), vectors: operationFormat(fp64 as AnyPrecision), u: fp32.unitRoundoff },
])("a factor stored in $format.name with vectors in $vectors.name", ({ format, vectors, u }) => {
  const factor = normalFactor(drawn);
  const M = preconditioner(factor, format, vectors);
  const size = drawn.n * drawn.b;

  preconditionerLaws(
    { name: "M^-1", size, apply: (r) => applied(M, r), round: (x) => vectors.storage.round(x) },
    // What the laws measure against is |M^-1| |r|, not |L^-T| |L^-1| |r|: 8 is the room for that.
    8 * size * u,
  );
});

describe("what the range of the format does", () => {
  const diagonal = (...entries: number[]): number[][] => entries.map((x, i) => entries.map((_, j) => (i === j ? x : 0)));

  test("to L is counted when L is stored, its blocks on the diagonal aside", () => {
    // L = [1e9; 1e6 1; 0 1e-9 1], and fp16 ends at 65504 and 2^-24.
    const A = [
      [1e18, 1e15, 0],
      [1e15, 1e12 + 1, 1e-9],
      [0, 1e-9, 1],
    ];
    const counters = newCounters();

    preconditioner(factorOf(A), operationFormat(fp16), operationFormat(fp64), counters);

    expect(counters.events).toEqual({ overflows: 1, flushed: 1 });
  });

  test("to the inverses of L's blocks is counted where it has none but those on the diagonal", () => {
    // L = diag(1e9, 1, 1e-6)
    const counters = newCounters();

    preconditioner(factorOf(diagonal(1e18, 1, 1e-12)), operationFormat(fp16), operationFormat(fp64), counters);

    expect(counters.events).toEqual({ overflows: 1, flushed: 1 });
  });

  test("to L is not counted where the format is the factor's own", () => {
    const counters = newCounters();

    preconditioner(factorOf(diagonal(1e12, 1, 1e-18)), operationFormat(fp64), operationFormat(fp64), counters);

    expect(counters.events).toEqual({ overflows: 0, flushed: 0 });
  });

  test("to z is counted when z is stored", () => {
    const factor = factorOf(diagonal(2 ** -20, 1, 2 ** 20));
    const counters = newCounters();
    const M = preconditioner(factor, operationFormat(fp32), operationFormat(fp16), counters);
    const before = { ...counters.events };

    const z = applied(M, [1, 1, 2 ** -10]);

    expect(before).toEqual({ overflows: 0, flushed: 0 });
    expect([...z]).toEqual([Infinity, 1, 0]);
    expect(counters.events).toEqual({ overflows: 1, flushed: 1 });
  });
});

describe("narrow arithmetic", () => {
  const narrow = operationFormat(fp16 as AnyPrecision, fp16);
  const M = preconditioner(normalFactor(drawn), narrow);
  const r = Array.from({ length: 15 }, (_, i) => Math.sin(i + 1));

  test.each([2 ** 20, 2 ** -30, 2 ** 400])("gives the same bits for r times %d, times as much", (scale) => {
    const z = applied(M, r);

    expectSameBits(
      applied(
        M,
        r.map((x) => x * scale),
      ),
      z.map((x) => x * scale),
    );
  });

  test.each([1e6, 1e-9])("does not overflow on r of %d", (size) => {
    const z = applied(
      M,
      r.map((x) => x * size),
    );

    expectClose(
      z.map((x) => x / size),
      applied(M, r),
      tolerance(fp16, 15),
    );
  });

  test("takes zero to zero", () => {
    expect(applied(M, new Float64Array(15))).toEqual(new Float64Array(15));
  });
});

test("work counts the operations executed, and the factor read twice with its row indices, inversion included", () => {
  const counting = new CountingFormat();
  const factor = normalFactor(drawn);
  const counters = newCounters();
  const format = operationFormat(counting.format as AnyPrecision, counting.format);
  const M = preconditioner({ ...factor, format: counting.format }, format, operationFormat(fp64), counters);

  applied(M, new Float64Array(15).fill(1));

  const blocks = factor.symbolic.L.rowIdx.length - 5;
  expect(counters.work.flops).toEqual({ precondition: { fp64: counting.operations } });
  // Triangles on the diagonal are read and written once more by their inversion.
  expect(counters.work.bytes).toEqual({ precondition: { fp64: 2 * ((9 * 8 + 4) * blocks + 2 * 5 * 6 * 8) } });
});
