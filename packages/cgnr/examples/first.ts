import { cgnr } from "@slam/cgnr";
import { fp64, operationFormat } from "@slam/float";
import { type LinearOperator, vectorSpace, Work } from "@slam/linop";

// The line a + b t closest to the points (1, 1), (2, 2), (3, 2). A is a pair of functions: nobody stores it.
const t = [1, 2, 3];
const space = vectorSpace(operationFormat(fp64), { events: { overflows: 0, flushed: 0 }, work: new Work() });
const A: LinearOperator<typeof fp64> = {
  rows: 3,
  cols: 2,
  space,
  storage: "none",
  multiply: ([a, b], y) => y.set(t.map((ti) => a + b * ti)),
  multiplyTransposed: (r, y) => y.set([r[0] + r[1] + r[2], t[0] * r[0] + t[1] * r[1] + t[2] * r[2]]),
};
const x = space.zeros(2);
const report = cgnr(A, { b: Float64Array.of(1, 2, 2) }, x, { rtol: 1e-12 });
console.log(x[0].toFixed(3), x[1].toFixed(3), report.termination, report.iterations); // 0.667 0.500 tolerance-met 2
