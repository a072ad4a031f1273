export { defineFloat, type FloatDefinition } from "./define-float.ts";
export { fastTwoSum, split, twoProduct, twoSum } from "./exact.ts";
export { type BF16, bf16, type E4M3, type E5M2, e4m3, e5m2, type FP16, type FP32, fp16, fp32, type FP64, fp64 } from "./formats.ts";
export { type OperationFormat, operationFormat, wider } from "./operation-format.ts";
export {
  type AnyPrecision,
  asVec,
  convert,
  type Precision,
  pack,
  type Storage,
  type StorageConstructor,
  sub,
  unpack,
  type Vec,
  zeros,
} from "./precision.ts";
export { tolerance } from "./tolerance.ts";
