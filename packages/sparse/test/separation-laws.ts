import { expect } from "vitest";
import { SEPARATOR } from "../src/separation.ts";
import { type SymmetricGraph, symmetricGraph } from "../src/symmetric-graph.ts";
import { csr, type Edges } from "./elimination-oracle.ts";

export function graphOf(n: number, entries: Edges): SymmetricGraph {
  const { rowPtr, colIdx } = csr(n, entries);
  return symmetricGraph("test", n, rowPtr, colIdx);
}

export function sizes(part: Uint8Array): number[] {
  return [0, 1, SEPARATOR].map((which) => part.filter((p) => p === which).length);
}

export function expectSeparated({ n, rowPtr, colIdx }: SymmetricGraph, part: Uint8Array): void {
  for (let v = 0; v < n; v++) {
    for (let p = rowPtr[v]; p < rowPtr[v + 1]; p++) {
      const ends = [part[v], part[colIdx[p]]];
      expect(ends.includes(SEPARATOR) || ends[0] === ends[1], `${v} ${colIdx[p]}`).toBe(true);
    }
  }
}
