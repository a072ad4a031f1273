import type { Random } from "@slam/sim";
import { ArenaPool } from "@slam/wasm";
import { type ChordalForm, evaluate } from "../../src/certify/chordal-form.ts";
import { ExtendedFactor } from "../../src/certify/extended-factor.ts";
import { multipliers, retractLifted } from "../../src/certify/stiefel.ts";

/** A point of rank r anywhere, its first position 0. */
export function randomPoint({ d, n }: ChordalForm, r: number, random: Random): Float64Array {
  const X = Float64Array.from({ length: (d + 1) * n * r }, () => random.gaussian());
  X.fill(0, d * r, (d + 1) * r);
  retractLifted(d, r, X, new Float64Array(X.length), X);
  return X;
}

/** Lambda at X. */
export function multipliersAt(form: ChordalForm, X: Float64Array, r: number): Float64Array {
  const G = new Float64Array(X.length);
  const Lambda = new Float64Array(form.n * form.d ** 2);
  evaluate(form, X, r, G);
  multipliers(form.d, r, X, G, Lambda);
  return Lambda;
}

/** The certificate matrix of X, ready to be factorised. */
export function systemAt(form: ChordalForm, X: Float64Array, r: number, Lambda: Float64Array): ExtendedFactor {
  const natural = Int32Array.from({ length: form.n }, (_, k) => k);
  const system = new ExtendedFactor(form, natural, new ArenaPool());
  system.place(X, r, Lambda);
  return system;
}
