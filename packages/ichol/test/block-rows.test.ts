import { fp32, fp64 } from "@slam/float";
import { Arena, kernels, type Local, type ModuleBuilder } from "@slam/wasm";
import { describe, expect, test } from "vitest";
import { type BlockRows, loadRows, storeRows, tileShape } from "../src/block-rows.kernel.ts";
import { type Lanes, lanes32, lanes64 } from "../src/lanes.ts";

describe("tileShape", () => {
  test.each([
    { b: 3, lanes: 2, s: 2, vectors: 3, columns: 3 },
    { b: 3, lanes: 4, s: 4, vectors: 3, columns: 3 },
    { b: 6, lanes: 2, s: 1, vectors: 3, columns: 3 },
    { b: 6, lanes: 4, s: 2, vectors: 3, columns: 3 },
    { b: 2, lanes: 4, s: 4, vectors: 2, columns: 2 },
    { b: 9, lanes: 4, s: 4, vectors: 9, columns: 1 },
  ] as const)("of blocks of $b in $lanes lanes is $s blocks and $columns columns", ({ b, lanes, ...shape }) => {
    expect(tileShape(b, lanes)).toEqual(shape);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9])("fills its vectors, for blocks of %d", (b) => {
    for (const lanes of [2, 4] as const) {
      const { s, vectors, columns } = tileShape(b, lanes);

      expect(vectors * lanes).toBe(s * b);
      expect(b % columns).toBe(0);
    }
  });
});

interface CopyKernels {
  copy(from: number, to: number): void;
}

function copyKernel(m: ModuleBuilder<CopyKernels>, b: number, name: "fp64" | "fp32"): void {
  if (name === "fp64") emitCopy(m, b, lanes64);
  else emitCopy(m, b, lanes32);
}

/** The blocks in another order than in memory. */
function emitCopy<N extends "f64" | "f32">(m: ModuleBuilder<CopyKernels>, b: number, T: Lanes<N>): void {
  const { s, vectors } = tileShape(b, T.count);
  m.func("copy", { from: "i32", to: "i32" }, "void", (f, { from, to }) => {
    const blocks = (address: Local<"i32">): BlockRows => ({ at: (q) => ({ address, offset: (s - 1 - q) * b * b * T.bytes }) });
    for (let c = 0; c < b; c++) {
      for (let v = 0; v < vectors; v++) storeRows(f, T, b, blocks(to), c, v, f.let(loadRows(T, b, blocks(from), c, v)));
    }
  });
}

describe.each([fp64, fp32])("rows of blocks in $name", (P) => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9])("are written where they were read, for blocks of %d, and nothing else", (b) => {
    const { s } = tileShape(b, P === fp64 ? 2 : 4);
    const arena = new Arena(65536);
    const from = arena.view(P, s * b * b + 8) as Float64Array;
    const to = arena.view(P, s * b * b + 8) as Float64Array;
    from.forEach((_, i) => {
      from[i] = i + 1;
    });

    kernels(arena, copyKernel, b, P.name).copy(arena.address("from", from), arena.address("to", to));

    expect([...to]).toEqual([...from].map((x, i) => (i < s * b * b ? x : 0)));
  });
});
