import type { LinearSolver } from "@slam/linop";
import { type Jacobian, type LeastSquaresProblem, presetPolicy, solve } from "@slam/nlls";

// y = exp(-k t), one unknown: a point is a number, the Jacobian a column, the normal equations a division.
const t = [1, 2, 3, 4];
const y = [0.62, 0.35, 0.23, 0.13];
const total = (value: (i: number) => number): number => t.reduce((sum, _, i) => sum + value(i), 0);

const column = (a: readonly number[]): Jacobian => ({
  multiply: (x, r) => r.set(a.map((ai) => ai * x[0])),
  gradient: (r, P, g) => g.fill(a.reduce((sum, ai, i) => P.add(sum, P.mul(P.round(ai), P.round(r[i]))), 0)),
  columnSquares: () => Float64Array.of(total((i) => a[i] ** 2)),
});

const decay: LeastSquaresProblem<number, Jacobian> = {
  rows: t.length,
  cols: 1,
  residual: (k, { storage }, r) => r.set(t.map((ti, i) => storage.round(Math.exp(-k * ti) - y[i]))),
  jacobian: (k, { storage }) => column(t.map((ti) => storage.round(-ti * Math.exp(-k * ti)))),
  retract: (k, dx, { storage }) => storage.round(k + dx[0]),
};

let h = 0;
const division: LinearSolver<Jacobian> = {
  name: "division",
  analyze: () => {},
  factor: (J, d) => {
    h = J.columnSquares()[0] + (d?.[0] ?? 0);
    return undefined;
  },
  solve: (g, dx) => {
    dx[0] = -g[0] / h;
    return { termination: "verified", message: "divided", iterations: 0, relativeResidual: 0 };
  },
  norm: (v) => Math.abs(v[0]) / Math.sqrt(h),
};

const { x, report } = await solve(decay, 1, { policy: presetPolicy("mixed"), solver: division });
console.log(x.toFixed(6), report.finalCost.toFixed(6), report.termination, report.iterations.length); // 0.501979 0.000570 converged 6
