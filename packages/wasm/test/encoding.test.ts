import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { float32, float64, list, name, signed, sized, unsigned } from "../src/encoding.ts";

describe("LEB128", () => {
  test.each([
    [0, [0]],
    [127, [0x7f]],
    [128, [0x80, 1]],
    [624485, [0xe5, 0x8e, 0x26]],
    [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])("unsigned %d", (n, bytes) => {
    expect(unsigned(n)).toEqual(bytes);
  });

  test.each([
    [0n, [0]],
    [63n, [0x3f]],
    [64n, [0xc0, 0]],
    [-1n, [0x7f]],
    [-64n, [0x40]],
    [-65n, [0xbf, 0x7f]],
    [-123456n, [0xc0, 0xbb, 0x78]],
    [-(2n ** 31n), [0x80, 0x80, 0x80, 0x80, 0x78]],
  ])("signed %d", (n, bytes) => {
    expect(signed(n)).toEqual(bytes);
  });

  test("signed numbers are read back: seven bits a byte, the last byte's sign extended", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (n) => {
        const bytes = signed(n);
        const bits = bytes.reduceRight((value, byte) => (value << 7n) | BigInt(byte & 0x7f), 0n);
        expect(BigInt.asIntN(7 * bytes.length, bits)).toBe(n);
        expect(bytes.map((byte) => byte >= 128)).toEqual(bytes.map((_, i) => i < bytes.length - 1));
      }),
    );
  });
});

test("floats have their lowest byte first", () => {
  expect(float32(1)).toEqual([0, 0, 0x80, 0x3f]);
  expect(float64(-2)).toEqual([0, 0, 0, 0, 0, 0, 0, 0xc0]);
});

test("lists have a count in front, runs of bytes their length, names are such runs", () => {
  expect(list([[1, 2], [3]])).toEqual([2, 1, 2, 3]);
  expect(sized([7, 8, 9])).toEqual([3, 7, 8, 9]);
  expect(name("ab")).toEqual([2, 97, 98]);
});
