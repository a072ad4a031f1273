import { Float16Array } from "@petamoriken/float16";
import { type FP16, fp16 } from "./formats.ts";
import { asVec, type Vec } from "./vec.ts";

/** What a `Float16Array` has, the library's or the engine's own: a window on binary16 codes. */
export interface Float16ArrayLike {
  readonly [Symbol.toStringTag]: "Float16Array";
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly length: number;
}

/** x as a `Float16Array` of @petamoriken/float16, on the same memory. Slow, element by element: for interchange, not for loops. */
export function toFloat16Array(x: Vec<FP16>): Float16Array {
  return new Float16Array(x.buffer, x.byteOffset, x.length);
}

/** The elements of x as a vector in fp16, on the same memory. Takes the library's `Float16Array` and the engine's own. */
export function fromFloat16Array(x: Float16ArrayLike): Vec<FP16> {
  return asVec(fp16, new Uint16Array(x.buffer, x.byteOffset, x.length));
}
