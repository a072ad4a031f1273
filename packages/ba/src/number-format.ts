import { type AnyPrecision, type FP32, type FP64, fp32, fp64 } from "@slam/float";

/** Whether the codes of a format are its numbers: typed arrays then round as it does, and kernels read them as they are. */
export function isNumbers(format: AnyPrecision): format is FP64 | FP32 {
  return format === fp64 || format === fp32;
}
