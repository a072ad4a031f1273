import { type FP16, fp16, tolerance, type Vec, zeros } from "@slam/float";

/** 1/3 as fp16 holds it, and how far from 1/3 it may be. */
export function third(): { readonly value: number; readonly bound: number } {
  const x: Vec<FP16> = zeros(fp16, 1);
  fp16.store(x, 0, 1 / 3);
  return { value: fp16.load(x, 0), bound: tolerance(fp16, 1, 1) };
}
