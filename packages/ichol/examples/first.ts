import { fp16, fp32, operationFormat, pack } from "@slam/float";
import { analyzeCholesky, factorize, isFactor, triangularPreconditioner } from "@slam/ichol";
import { vectorSpace, Work } from "@slam/linop";
import { bsrMatrix, bsrPattern } from "@slam/sparse";

// The lower triangle of A = [4 2 0; 2 5 2; 0 2 7] by rows, in blocks of 1 x 1, in fp32.
const [rowPtr, colIdx] = [Int32Array.of(0, 1, 3, 5), Int32Array.of(0, 0, 1, 1, 2)];
const pattern = bsrPattern({ blockRows: 3, blockCols: 3, r: 1, c: 1, rowPtr, colIdx });
const A = bsrMatrix(pattern, fp32, pack(fp32, [4, 2, 5, 2, 7]));

// The structure once, then the numbers: L is computed in the format of A, every operation rounded to it.
const factor = factorize(analyzeCholesky(pattern), A);
if (!isFactor(factor)) throw new Error(`pivot ${factor.pivot} in row ${factor.row}`);

// L stored in fp16 and applied with fp32 arithmetic: a preconditioner, close to the inverse of A.
const space = vectorSpace(operationFormat(fp32), { events: { overflows: 0, flushed: 0 }, work: new Work() });
const M = triangularPreconditioner(factor, operationFormat(fp16), space);
const z = space.zeros(3);
M.apply(pack(fp32, [8, 18, 25]), z); // A [1 2 3]'
console.log(M.storage, Array.from(z, (x) => x.toFixed(3)).join(" ")); // fp16 0.999 2.003 2.997
