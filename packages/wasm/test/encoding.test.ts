import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { float32, float64, integer, integer64, list, name, signed, signed64, sized, unsigned } from "../src/encoding.ts";

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
    [0, [0]],
    [63, [0x3f]],
    [64, [0xc0, 0]],
    [-1, [0x7f]],
    [-64, [0x40]],
    [-65, [0xbf, 0x7f]],
    [-123456, [0xc0, 0xbb, 0x78]],
    [-(2 ** 31), [0x80, 0x80, 0x80, 0x80, 0x78]],
  ])("signed %d, of 32 bits and of 64", (n, bytes) => {
    expect(signed(n)).toEqual(bytes);
    expect(signed64(BigInt(n))).toEqual(bytes);
  });

  test("signed numbers are read back: seven bits a byte, the last byte's sign extended", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (n) => {
        const bytes = signed64(n);
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

test("integers have their lowest byte first, and are cut to their width", () => {
  expect(integer(4)(-2)).toEqual([0xfe, 0xff, 0xff, 0xff]);
  expect(integer(2)(0x12345)).toEqual([0x45, 0x23]);
  expect(integer64(-2n)).toEqual([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
});

test("lists have a count in front, runs of bytes their length, names are such runs", () => {
  expect(list([[1, 2], [3]])).toEqual([2, 1, 2, 3]);
  expect(sized([7, 8, 9])).toEqual([3, 7, 8, 9]);
  expect(name("ab")).toEqual([2, 97, 98]);
});
