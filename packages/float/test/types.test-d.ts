import { describe, expectTypeOf, test } from "vitest";
import {
  type AnyPrecision,
  asVec,
  type BF16,
  bf16,
  convert,
  defineFloat,
  type E4M3,
  e4m3,
  type FP16,
  type FP32,
  fp16,
  fp32,
  fp64,
  type Precision,
  pack,
  storeCounted,
  sub,
  toFloat16Array,
  unpack,
  type Vec,
  zeros,
} from "../src/index.ts";

declare function needsFp16(x: Vec<FP16>): void;
declare function needsFp32(x: Vec<FP32>): void;
declare function needsAny<P extends AnyPrecision>(P: P, x: Vec<P>): void;

describe("Vec", () => {
  test("of fp32 is a Float32Array, both ways", () => {
    expectTypeOf<Vec<FP32>>().toEqualTypeOf<Float32Array>();
    needsFp32(new Float32Array(3));
    needsFp32(zeros(fp32, 3));
  });

  test("of fp16 refuses bf16, raw codes and other arrays", () => {
    needsFp16(zeros(fp16, 3));
    // @ts-expect-error bf16 codes where fp16 codes are wanted
    needsFp16(zeros(bf16, 3));
    // @ts-expect-error raw codes
    needsFp16(new Uint16Array(3));
    // @ts-expect-error another storage
    needsFp16(zeros(fp32, 3));
    // @ts-expect-error fp64 where fp32 is wanted
    needsFp32(zeros(fp64, 3));
    // @ts-expect-error fp16 codes where bf16 codes are wanted
    needsAny(bf16, zeros(fp16, 3));
    // @ts-expect-error fp16 codes, read as bf16
    unpack(bf16, zeros(fp16, 3));
    // @ts-expect-error only fp16 codes are those of a Float16Array
    toFloat16Array(zeros(bf16, 3));
  });

  test("keeps its format in sub, and loses it in subarray", () => {
    const x = zeros(fp16, 4);

    expectTypeOf(sub(x, 1, 2)).toEqualTypeOf<Vec<FP16>>();
    needsFp16(sub(x, 1, 2));
    // @ts-expect-error a view of bf16 codes
    needsFp16(sub(zeros(bf16, 4), 1, 2));
    // @ts-expect-error subarray returns raw codes
    needsFp16(x.subarray(1, 2));
  });

  test("is a typed array still", () => {
    expectTypeOf<Vec<FP16>>().toExtend<Uint16Array>();
    expectTypeOf<Vec<E4M3>>().toExtend<Uint8Array>();
    storeCounted(fp16, zeros(fp16, 1), 0, 1, { overflows: 0, flushed: 0 });
  });
});

test("asVec takes the storage of the format only", () => {
  expectTypeOf(asVec(bf16, new Uint16Array(2))).toEqualTypeOf<Vec<BF16>>();
  // @ts-expect-error bytes for a format of 16 bits
  asVec(bf16, new Uint8Array(2));
});

test("pack and convert give the format asked for", () => {
  expectTypeOf(pack(e4m3, [1])).toEqualTypeOf<Vec<E4M3>>();
  expectTypeOf(convert(fp32, new Float32Array(2), fp16)).toEqualTypeOf<Vec<FP16>>();
  // @ts-expect-error the source is not in fp16
  convert(fp16, new Float32Array(2), fp32);
});

describe("defineFloat", () => {
  test("is stored in bytes where the widths are known to be 8 bits at most", () => {
    const seven = defineFloat({ name: "seven", exponentBits: 3, significandBits: 4 });
    const eight = defineFloat({ name: "eight", exponentBits: 6, significandBits: 2 });
    const nine = defineFloat({ name: "nine", exponentBits: 5, significandBits: 4 });

    expectTypeOf(seven).toEqualTypeOf<Precision<"seven", Uint8Array>>();
    expectTypeOf(eight).toEqualTypeOf<Precision<"eight", Uint8Array>>();
    expectTypeOf(nine).toEqualTypeOf<Precision<"nine", Uint16Array>>();
    expectTypeOf(defineFloat({ name: "wide", exponentBits: 10, significandBits: 6 })).toEqualTypeOf<Precision<"wide", Uint16Array>>();
  });

  test("is stored in either where they are not known", () => {
    const bits: number = 4;

    const some = defineFloat({ name: "some", exponentBits: 4, significandBits: bits });

    expectTypeOf(some).toEqualTypeOf<Precision<"some", Uint16Array | Uint8Array>>();
    expectTypeOf(some).toExtend<AnyPrecision>();
  });

  test("gives vectors of its own", () => {
    const a = defineFloat({ name: "a", exponentBits: 4, significandBits: 4 });
    const b = defineFloat({ name: "b", exponentBits: 4, significandBits: 4 });

    needsAny(a, zeros(a, 2));
    expectTypeOf<Vec<typeof a>>().toExtend<Uint8Array>();
    // @ts-expect-error another format of the same widths
    needsAny(a, zeros(b, 2));
    // @ts-expect-error raw bytes
    needsAny(a, new Uint8Array(2));
  });
});
