import { OptionError } from "@slam/errors";
import { describe, expect, test } from "vitest";
import { asVec, bf16, convert, defineFloat, e4m3, fp16, fp32, fp64, pack, sub, unpack, zeros } from "../src/index.ts";

describe.each([fp64, fp32, fp16, bf16, e4m3])("$name", (P) => {
  test("zeros are zeros in the format's storage", () => {
    const x = zeros(P, 3);

    expect(x).toBeInstanceOf(P.Storage);
    expect(Array.from(unpack(P, x))).toEqual([0, 0, 0]);
  });

  test("unpack gives back what pack was given, where nothing is rounded", () => {
    const values = [1, -0.5, 0, 6, -0];

    expect(Array.from(unpack(P, pack(P, values)))).toEqual(values);
  });

  test("takes empty vectors", () => {
    expect(zeros(P, 0)).toHaveLength(0);
    expect(pack(P, [])).toHaveLength(0);
    expect(sub(zeros(P, 2), 2, 2)).toHaveLength(0);
  });
});

test("pack rounds each number once", () => {
  const x = pack(fp16, [1 + 2 ** -11, 1 + 3 * 2 ** -11, 70000]);

  expect(Array.from(unpack(fp16, x))).toEqual([1, 1 + 2 ** -9, Infinity]);
});

test("asVec keeps the array", () => {
  const codes = new Uint16Array([0x3c00]);

  expect(asVec(fp16, codes)).toBe(codes);
});

test("sub views the same memory", () => {
  const x = pack(fp16, [1, 2, 3, 4]);

  const view = sub(x, 1, 3);
  fp16.store(view, 0, 7);

  expect(Array.from(unpack(fp16, x))).toEqual([1, 7, 3, 4]);
  expect(view).toHaveLength(2);
});

test("sub and zeros refuse bounds that do not fit", () => {
  const x = zeros(fp32, 4);

  expect(() => sub(x, 0, 5)).toThrow("sub: to is 5, expected an integer in 0 ... 4");
  expect(() => sub(x, 3, 2)).toThrow(OptionError);
  expect(() => zeros(fp32, -1)).toThrow(OptionError);
});

test("convert rounds once and leaves its source alone", () => {
  const wide = pack(fp64, [1 / 3, 300, 1e-10]);

  const narrow = convert(fp64, wide, e4m3);

  expect(Array.from(unpack(e4m3, narrow))).toEqual([0.34375, 288, 0]);
  expect(wide[0]).toBe(1 / 3);
});

test("convert widens exactly", () => {
  const x = pack(bf16, [1 / 3, -65536, 2 ** -130]);

  expect(Array.from(unpack(fp32, convert(bf16, x, fp32)))).toEqual(Array.from(unpack(bf16, x)));
});

test("works for a user's own format", () => {
  const fp12 = defineFloat({ name: "fp12", exponentBits: 5, significandBits: 7 });

  const x = pack(fp12, [1.01, 2]);

  expect(Array.from(unpack(fp12, x))).toEqual([1.015625, 2]);
});
