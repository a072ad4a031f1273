export { atan2 } from "./atan2.ts";
export { decodeTable } from "./decode-table.ts";
export { type CodeStorage, defineFloat, type FloatDefinition } from "./define-float.ts";
export { type Elementary, elementary } from "./elementary.ts";
export { fastTwoSum, split, twoProduct, twoSum } from "./exact.ts";
export { exp, log } from "./exp-log.ts";
export { type Float16ArrayLike, fromFloat16Array, toFloat16Array } from "./float16-array.ts";
export { type BF16, bf16, type E4M3, type E5M2, e4m3, e5m2, type FP16, type FP32, type FP64, fp16, fp32, fp64 } from "./formats.ts";
export { hypot } from "./hypot.ts";
export { type OperationFormat, operationFormat, wider } from "./operation-format.ts";
export { exponentOf, powerOfTwoBelow } from "./power-of-two.ts";
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
export { type RoundingEvents, storeCounted } from "./rounding-events.ts";
export { cos, sin } from "./sin-cos.ts";
export { tolerance } from "./tolerance.ts";
export { nextDown, nextUp, ulp, ulpDistance } from "./ulp.ts";
