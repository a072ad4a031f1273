import { fp32, fp64, operationFormat, type AnyPrecision, type OperationFormat } from "@slam/float";
import { vectorSpace, Work, type LinearOperator } from "@slam/linop";
import { cgnr } from "./src/cgnr.ts";
import { cgnr as cgnrB } from "./zz-cgnrB.ts";
const counters = { events: { overflows: 0, flushed: 0 }, work: new Work() };
function diag(format: any, d: Float64Array): any {
  const space = vectorSpace(format, counters);
  const n = d.length;
  const m = Array.from({length:n},(_, i)=>format.storage.round(d[i]));
  // A = tridiagonal-ish: Householder-like mixing via DCT too costly; use diag with rotation pairs
  const mul = (x: any, y: any) => { for (let i = 0; i < n; i++) y[i] = m[i] * x[i]; };
  return { rows: n, cols: n, space, storage: format.name, multiply: mul, multiplyTransposed: mul };
}
function laplace(format: any, n: number, w: (i:number)=>number): any {
  const space = vectorSpace(format, counters);
  const f = format.storage.round;
  return { rows: n+1, cols: n, space, storage: "x",
    multiply(x: any, y: any) { for (let i = 0; i <= n; i++) y[i] = f(w(i)*f((i < n ? x[i] : 0) - (i > 0 ? x[i-1] : 0))); },
    multiplyTransposed(x: any, y: any) { for (let i = 0; i < n; i++) y[i] = f(f(w(i)*x[i]) - f(w(i+1)*x[i+1])); } };
}
for (const [name, n, make] of [
  ["diag 1e3", 500, (f: any, n: number) => diag(f, Float64Array.from({length:n},(_, i)=> 10**(3*(i/(n-1)) -3)))],
  ["diag 1e2", 500, (f: any, n: number) => diag(f, Float64Array.from({length:n},(_, i)=> 10**(2*(i/(n-1)) -2)))],
  ["laplace 300", 300, (f: any, n: number) => laplace(f, n, () => 1)],
  ["laplace 1000 w", 1000, (f: any, n: number) => laplace(f, n, (i) => 1 + (i*7919 % 13)/4)],
] as any) {
  for (const rtol of [1e-2, 1e-4, 1e-6]) {
    const A32 = make(operationFormat(fp32), n), A64 = make(operationFormat(fp64), n);
    const g = Float64Array.from({length:n},(_, i)=>Math.sin(i*i));
    const out: string[] = [];
    for (const [fn, opts] of [[cgnr, {}],[cgnr,{exact:true}],[cgnrB,{exact:true}],[cgnr,{exact:true,replaceEvery:1e9}]] as any) {
      const x = new Float32Array(n);
      const r = fn(A32, { g: Float32Array.from(g) }, x, { rtol, maxIterations: 100000, ...(opts.exact ? { exact: { A: A64, g } } : {}), ...(opts.replaceEvery ? {replaceEvery: opts.replaceEvery}:{}) });
      out.push(`${r.iterations} ${r.termination} ${r.relativeResidual.toExponential(1)}`);
    }
    const x64 = new Float64Array(n);
    const r = cgnr(A64, { g }, x64, { rtol, maxIterations: 100000 });
    console.log(name, rtol, "| fp64", r.iterations, "| rec", out[0], "| restart50", out[1], "| keep", out[2], "| onlymet", out[3]);
  }
}
