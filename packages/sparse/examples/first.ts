import { fp16, fp32, operationFormat, pack } from "@slam/float";
import { vectorSpace, Work } from "@slam/linop";
import { amd, bsrMatrix, bsrOperator, bsrPattern, normalSymbolic } from "@slam/sparse";

// Two blocks of 1 x 2 in each of two block rows: A = [1 2 . . 3 4; . . 5 6 7 8], stored in fp16.
const pattern = bsrPattern({ blockRows: 2, blockCols: 3, r: 1, c: 2, rowPtr: Int32Array.of(0, 2, 4), colIdx: Int32Array.of(0, 2, 1, 2) });
const A = bsrMatrix(pattern, fp16, pack(fp16, [1, 2, 3, 4, 5, 6, 7, 8]));

// Its products with fp32 vectors, in fp32 arithmetic.
const space = vectorSpace(operationFormat(fp32), { events: { overflows: 0, flushed: 0 }, work: new Work() });
const y = space.zeros(2);
bsrOperator(A, space).multiply(Float32Array.of(1, 1, 1, 1, 1, 1), y);
console.log(y); // [10, 26]

// Where A'A has blocks, and an order that keeps its Cholesky factor sparse.
const { rowPtr, colIdx } = normalSymbolic(pattern).pattern;
console.log(rowPtr, colIdx, amd(3, rowPtr, colIdx)); // [0, 1, 2, 5] [0, 1, 0, 1, 2] [1, 2, 0]
