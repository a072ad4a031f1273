import { describe, expect, test } from "vitest";
import { BitsHash } from "../src/bits-hash.ts";

const digest = (...x: readonly number[]): string => new BitsHash().addAll(x).digest();

describe("BitsHash", () => {
  test("is 64 bits in hexadecimal", () => {
    expect(digest(1, 2)).toMatch(/^[0-9a-f]{16}$/);
  });

  test("tells numbers apart by their last bit and by the sign of zero", () => {
    const digests = [1, 1 + Number.EPSILON, 0, -0, 5e-324, Infinity, -Infinity, Number.NaN].map((x) => digest(x));

    expect(new Set(digests).size).toBe(digests.length);
  });

  test("depends on the order", () => {
    expect(digest(1, 2)).not.toBe(digest(2, 1));
  });

  test("takes every NaN for the same", () => {
    const nans = new Float64Array(new Uint32Array([0, 0x7ff80000, 1, 0xfff00000]).buffer);

    expect(digest(nans[0])).toBe(digest(nans[1]));
  });
});
