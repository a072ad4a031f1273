import { readFileSync } from "node:fs";
import { bf16, e4m3, fp16, fp32, fp64, pack, unpack } from "@slam/float";
import { bsrMatrix, bsrPattern } from "@slam/sparse";
import { blockView, toDense } from "@slam/sparse/ndarray";
import { describe, expect, expectTypeOf, test } from "vitest";
import { denseRows, randomMatrix, randomPattern } from "./matrices.ts";

// [ 1 2 3 . . . ]
// [ 4 5 6 . . . ]
// [ . . . 7 8 9 ]
// [ . . . 1 1 1 ]
const pattern = bsrPattern({ blockRows: 2, blockCols: 2, r: 2, c: 3, rowPtr: Int32Array.of(0, 1, 2), colIdx: Int32Array.of(0, 1) });
const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 1, 1];

describe.each([fp64, fp32, fp16, bf16, e4m3])("in $name", (P) => {
  test("a view of a block reads and writes the matrix", () => {
    const A = bsrMatrix(pattern, P, pack(P, numbers));

    const block = blockView(A, 1);
    block.set(1, 2, 1.03);

    expect(block.shape).toEqual([2, 3]);
    expect([block.get(0, 0), block.get(0, 2), block.get(1, 0)]).toEqual([7, 9, 1]);
    expect(block.get(1, 2)).toBe(P.round(1.03));
    expect(block.transpose(1, 0).get(2, 0)).toBe(9);
    expect(unpack(P, A.values)).toEqual(Float64Array.from(numbers.with(11, P.round(1.03))));
  });

  test("a dense copy has the entries", () => {
    const A = randomMatrix(P, randomPattern(4, 5, 2, 3), "numbers near 1");

    const dense = toDense(A);

    expect(dense.shape).toEqual([8, 15]);
    expect(dense.data).toEqual(Float64Array.from(denseRows(A).flatMap((row) => [...row])));
  });
});

test("a view of fp64 or fp32 is on the typed array itself", () => {
  const [A, B] = [bsrMatrix(pattern, fp64), bsrMatrix(pattern, fp32)];

  expect(blockView(A, 0).data).toBe(A.values);
  expect(blockView(B, 1).data).toBe(B.values);
  expectTypeOf(blockView(A, 0).data).toEqualTypeOf<Float64Array>();
  expectTypeOf(blockView(B, 0).data).toEqualTypeOf<Float32Array>();
});

test("there is no view of a block that is not there", () => {
  expect(() => blockView(bsrMatrix(pattern, fp64), 2)).toThrow("blockView: k is 2, expected an integer in 0 ... 1");
});

test.each(["index", "reference"])("the entry %s does not reach ndarray, which makes code from strings", (entry) => {
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    const source = readFileSync(new URL(`../src/${file}`, import.meta.url), "utf8");
    for (const [, path] of source.matchAll(/ from "([^"]+)"/g)) {
      if (path.startsWith("./")) visit(path.slice(2));
      else reached.add(path);
    }
  };

  visit(`${entry}.ts`);

  expect([...reached].filter((path) => path.includes("ndarray"))).toEqual([]);
  expect(reached).toContain("@slam/float");
});
