import { type AnyPrecision, fp32, fp64, type Storage } from "@slam/float";

/** -0 is zero too, whatever its code. */
export function isZero(P: AnyPrecision, x: unknown): boolean {
  const codes = x as Storage;
  if (P === fp64 || P === fp32) return isZeroFloat(codes as Float64Array | Float32Array);
  for (let i = 0; i < codes.length; i++) if (P.load(codes, i) !== 0) return false;
  return true;
}

function isZeroFloat(x: Float64Array | Float32Array): boolean {
  for (let i = 0; i < x.length; i++) if (x[i] !== 0) return false;
  return true;
}
