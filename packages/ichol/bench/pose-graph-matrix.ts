import { readFileSync } from "node:fs";
import { fp64 } from "@slam/float";
import { type BsrMatrix, bsrMatrix, bsrPattern } from "@slam/sparse";

/**
 * J'J of a pose graph, lower triangle in blocks of one pose, with a prior on the first: the pattern of its Gauss-Newton Hessian. Each
 * edge has the Jacobians -B and C near the identity: numbers decay as slowly along the graph as a Hessian's, so that none gets subnormal.
 */
export function poseGraphMatrix(path: string): BsrMatrix<typeof fp64> {
  const lines = readFileSync(path, "latin1").split("\n");
  const ids = new Map<string, number>();
  const edges: [number, number][] = [];
  let b = 3;
  for (const line of lines) {
    const [tag, ...fields] = line.split(/\s+/, 3);
    if (tag.startsWith("VERTEX_SE")) ids.set(fields[0], ids.size);
    if (tag === "EDGE_SE3:QUAT") b = 6;
    if (tag.startsWith("EDGE_SE")) edges.push([ids.get(fields[0]) ?? 0, ids.get(fields[1]) ?? 0]);
  }
  const n = ids.size;
  const rows = Array.from({ length: n }, (_, i) => new Set([i]));
  for (const [i, j] of edges) rows[Math.max(i, j)].add(Math.min(i, j));
  const colIdx = rows.flatMap((row) => [...row].sort((x, y) => x - y));
  const rowPtr = new Int32Array(n + 1);
  rows.forEach((row, i) => {
    rowPtr[i + 1] = rowPtr[i] + row.size;
  });
  const pattern = bsrPattern({ blockRows: n, blockCols: n, r: b, c: b, rowPtr, colIdx: Int32Array.from(colIdx) });
  const A = bsrMatrix(pattern, fp64);
  const block = (i: number, j: number): Float64Array => {
    let k = rowPtr[i];
    while (colIdx[k] !== j) k++;
    return A.values.subarray(k * b * b, (k + 1) * b * b);
  };
  for (let a = 0; a < b; a++) block(0, 0)[a * (b + 1)] = 1;
  edges.forEach(([i, j], e) => {
    const [low, high] = [Math.min(i, j), Math.max(i, j)];
    const [B, C] = [nearIdentity(b, 2 * e), nearIdentity(b, 2 * e + 1)];
    addProduct(block(low, low), B, B, b, 1);
    addProduct(block(high, high), C, C, b, 1);
    addProduct(block(high, low), C, B, b, -1);
  });
  return A;
}

function nearIdentity(b: number, seed: number): Float64Array {
  return Float64Array.from({ length: b * b }, (_, k) => (k % (b + 1) === 0 ? 1 : 0) + 0.1 * Math.sin(37 * seed + k));
}

/** H <- H + sign X'Y */
function addProduct(H: Float64Array, X: Float64Array, Y: Float64Array, b: number, sign: number): void {
  for (let i = 0; i < b; i++) {
    for (let j = 0; j < b; j++) for (let k = 0; k < b; k++) H[i * b + j] += sign * X[k * b + i] * Y[k * b + j];
  }
}

/** As text: "n nnz", then "row column value" for each scalar of the lower triangle. */
export function matrixText({ pattern, values }: BsrMatrix<typeof fp64>): string {
  const { blockRows, r: b, rowPtr, colIdx } = pattern;
  const lines: string[] = [];
  for (let i = 0; i < blockRows; i++) {
    for (let k = rowPtr[i]; k < rowPtr[i + 1]; k++) {
      for (let s = 0; s < b; s++) {
        for (let t = 0; t < b; t++) {
          if (colIdx[k] < i || t <= s) lines.push(`${i * b + s} ${colIdx[k] * b + t} ${values[(k * b + s) * b + t]}`);
        }
      }
    }
  }
  return `${blockRows * b} ${lines.length}\n${lines.join("\n")}\n`;
}
