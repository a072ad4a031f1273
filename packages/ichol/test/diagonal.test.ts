import { type AnyPrecision, bf16, e4m3, fp16, fp32, fp64, operationFormat, pack, type Storage } from "@slam/float";
import { vectorSpace, Work } from "@slam/linop";
import { bsrPattern } from "@slam/sparse";
import { expectSameBits } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { engineFormat } from "../src/engine-format.ts";
import { analyzeCholesky, type CholeskySymbolic } from "../src/symbolic.ts";
import { referenceSolver } from "../src/triangular.reference.ts";
import { triangularPreconditioner } from "../src/triangular.ts";
import { type TriangularWorkspace, triangularWorkspace } from "../src/triangular-workspace.ts";
import { lehmer } from "./block-matrix.ts";

function diagonalSymbolic(n: number, b: number): CholeskySymbolic {
  const colIdx = Int32Array.from({ length: n }, (_, i) => i);
  const rowPtr = Int32Array.from({ length: n + 1 }, (_, i) => i);
  return analyzeCholesky(bsrPattern({ blockRows: n, blockCols: n, r: b, c: b, rowPtr, colIdx }), { ordering: "natural" });
}

const formats = [
  ...([fp64, fp32, fp16, bf16, e4m3] as AnyPrecision[]).map((P) => operationFormat(P)),
  operationFormat(fp16 as AnyPrecision, fp16),
  operationFormat(e4m3 as AnyPrecision, e4m3),
];

describe.each(formats)("a factor of blocks on the diagonal alone, in $name", (format) => {
  /** Of numbers that no factor need have, and a right side whose norm narrow arithmetic leaves as it is. */
  function check(workspace: TriangularWorkspace, seed: number, edges: readonly number[]): void {
    const { symbolic } = workspace;
    const { n, b } = symbolic;
    const random = lehmer(seed);
    const number = (): number => (random() < 0.97 || edges.length === 0 ? random() - 0.5 : edges[Math.floor(random() * edges.length)]);
    const values = Array.from({ length: n * b * b }, (_, k) => {
      const [i, j] = [k % b, Math.floor(k / b) % b];
      return i < j ? 0 : number() + (i === j ? 1.5 : 0);
    });
    const drawn = Array.from({ length: n * b }, () => random() - 0.5);
    const r = drawn.map((x) => format.arithmetic.round((1.5 * x) / Math.hypot(...drawn)));
    const counts = () => ({ overflows: 0, flushed: 0 });
    const factor = {
      symbolic,
      format: fp32 as AnyPrecision,
      values: pack(fp32 as AnyPrecision, values),
      shift: 0,
      shifts: 0,
      badPivot: undefined,
    };
    const [events, expected] = [counts(), counts()];
    const space = vectorSpace(operationFormat(fp64 as AnyPrecision), { events, work: new Work() });

    const M = triangularPreconditioner(factor, format, space, undefined, workspace);
    const solve = referenceSolver(factor, format, expected);
    expect(events).toEqual(expected);
    const z = space.zeros(n * b);
    M.apply(pack(fp64 as AnyPrecision, r), z);

    const w = Float64Array.from(r);
    solve(w);
    expectSameBits(z as Storage, w);
  }

  test("has the reference's bits and counts, one factor after the other in one workspace", () => {
    expect(engineFormat(format)).toBeDefined();
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.constantFrom(1, 2, 3, 4, 6, 9), fc.nat(), fc.nat(), (n, b, first, second) => {
        const workspace = triangularWorkspace(diagonalSymbolic(n, b), format);
        check(workspace, first + 1, [0, -0, Infinity, Number.NaN, 2 ** -24, 2 ** -140, 60000, 1e30]);
        check(workspace, second + 1, []);
      }),
      { numRuns: 60 },
    );
  });

  test("and with more blocks than a kernel takes at once", () => {
    check(triangularWorkspace(diagonalSymbolic(1029, 3), format), 1, []);
  });
});
