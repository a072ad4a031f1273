import { type AnyPrecision, bf16, fp16, fp32, fp64 } from "@slam/float";

/** What kernels are timed in. */
export const FORMATS: readonly AnyPrecision[] = [fp32, fp64, fp16, bf16];
