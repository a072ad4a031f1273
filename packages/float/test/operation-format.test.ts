import { expect, test } from "vitest";
import { bf16, fp16, fp32, fp64, operationFormat, wider } from "../src/index.ts";

test("arithmetic is at least fp32 unless another is asked for", () => {
  expect(operationFormat(fp16)).toEqual({ name: "fp16", storage: fp16, arithmetic: fp32 });
  expect(operationFormat(fp64)).toEqual({ name: "fp64", storage: fp64, arithmetic: fp64 });
  expect(operationFormat(fp16, fp16)).toEqual({ name: "fp16/fp16", storage: fp16, arithmetic: fp16 });
  expect(operationFormat(fp32, fp64).name).toBe("fp32/fp64");
});

test("wider takes the one with more significand bits, the first of two equals", () => {
  expect(wider(bf16, fp16)).toBe(fp16);
  expect(wider(fp64, fp16)).toBe(fp64);
  expect(wider(fp32, fp32)).toBe(fp32);
});
