import { expect, test } from "vitest";
import { fp16, scaleFp16Codes } from "../src/index.ts";

test("scales every code of magnitude below 64 by 2^10, exactly and never to a subnormal", () => {
  const codes = Uint16Array.from({ length: 65536 }, (_, code) => code).filter((code) => (code & 0x7fff) < 0x5400);
  const scaled = new Uint16Array(codes.length);

  expect(scaleFp16Codes(codes, scaled)).toBe(true);

  for (let i = 0; i < codes.length; i++) {
    const value = fp16.load(scaled, i);
    expect(Object.is(value, 1024 * fp16.load(codes, i))).toBe(true);
    expect(value === 0 || Math.abs(value) >= fp16.minNormal).toBe(true);
  }
});

test.each([0x5400, 0xd400, 0x7bff, 0x7c00, 0x7e00])("refuses the code %i, of 64 and more, infinite or NaN", (code) => {
  expect(scaleFp16Codes([code], new Uint16Array(1))).toBe(false);
});
