import { symmetricEigen } from "@slam/lie";
import { inverse, product } from "@slam/testing";
import { type ChordalForm, evaluate } from "../../src/certify/chordal-form.ts";

/** M, dense: its columns are M e_k. */
export function denseForm(form: ChordalForm): Float64Array {
  const rows = (form.d + 1) * form.n;
  const M = new Float64Array(rows * rows);
  for (let k = 0; k < rows; k++) {
    const unit = new Float64Array(rows);
    unit[k] = 1;
    evaluate(form, unit, 1, M.subarray(k * rows, (k + 1) * rows));
  }
  return M;
}

/** S = Q - blockdiag(Lambda) by its definition, d n x d n: the positions but the first eliminated from M. */
export function denseCertificate(form: ChordalForm, Lambda: Float64Array): Float64Array {
  const { d, n } = form;
  const rows = (d + 1) * n;
  const M = denseForm(form);
  const turns = [...Array(rows).keys()].filter((k) => k % (d + 1) < d);
  const positions = [...Array(rows).keys()].filter((k) => k % (d + 1) === d && k > d);
  const part = (I: readonly number[], J: readonly number[]): Float64Array =>
    Float64Array.from(I.flatMap((i) => J.map((j) => M[i * rows + j])));
  const p = positions.length;
  const S = part(turns, turns);
  if (p > 0) {
    const eliminated = product(product(part(turns, positions), inverse(part(positions, positions), p), p), part(positions, turns), p);
    for (let k = 0; k < S.length; k++) S[k] -= eliminated[k];
  }
  for (let k = 0; k < n; k++) {
    for (let l = 0; l < d; l++) for (let c = 0; c < d; c++) S[(k * d + l) * d * n + k * d + c] -= Lambda[(k * d + l) * d + c];
  }
  return S;
}

/** Ascending. */
export function denseEigenvalues(form: ChordalForm, Lambda: Float64Array): Float64Array {
  return symmetricEigen(form.d * form.n, denseCertificate(form, Lambda)).values;
}
