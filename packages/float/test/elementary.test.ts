import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { bf16, elementary, fp16, fp32, fp64, sin } from "../src/index.ts";
import { cosExactly, expExactly, logExactly, sinExactly } from "./elementary-oracle.ts";
import { BFLOAT16, BINARY16, BINARY32, roundExactly } from "./format-oracle.ts";

/** Numbers of all binades from 2^-low to 2^high, the same on every machine. */
function* samples(count: number, low: number, high: number): Generator<number> {
  let state = 1;
  const next = (): number => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  for (let i = 0; i < count; i++) {
    const sign = next() < 0.5 ? -1 : 1;
    yield sign * (1 + next()) * 2 ** Math.floor(next() * (low + high) - low);
  }
}

/** Little-endian bits, hashed. */
function hash(values: readonly number[]): string {
  const view = new DataView(new ArrayBuffer(8 * values.length));
  for (const [i, value] of values.entries()) view.setFloat64(8 * i, value, true);
  return createHash("sha256").update(view).digest("hex").slice(0, 16);
}

describe("the bits never change", () => {
  const f = elementary(fp64);
  const numbers = [...samples(20000, 30, 30)];
  const shifted = [...numbers.slice(1), numbers[0]];

  test.each([
    ["sin", (i: number) => f.sin(numbers[i]), "1146fd71275582f2"],
    ["sin of large numbers", (i: number) => f.sin(numbers[i] * 2 ** 500), "ae38a7703a7fec9f"],
    ["cos", (i: number) => f.cos(numbers[i]), "a97d9befba8bf5ec"],
    ["atan2", (i: number) => f.atan2(numbers[i], shifted[i]), "7706a285249f260b"],
    ["exp", (i: number) => f.exp(numbers[i] * 2 ** -20), "e10bdf81a62d1c3e"],
    ["log", (i: number) => f.log(Math.abs(numbers[i])), "ffd1a8a31f66d8a4"],
    ["hypot", (i: number) => f.hypot(numbers[i], shifted[i]), "ca86b8675f153c88"],
  ])("%s", (_, valueAt, golden) => {
    const values = numbers.map((_x, i) => valueAt(i));

    expect(hash(values)).toBe(golden);
  });
});

test("in a lower format they are rounded to it", () => {
  expect(elementary(fp16).sin(1)).toBe(fp16.round(sin(1)));
  expect(elementary(bf16).atan2(1, -1)).toBe(2.359375);
  expect(elementary(fp32).hypot(1, 1)).toBe(Math.fround(Math.SQRT2));
  expect(elementary(fp16).exp(12)).toBe(Infinity);
  expect(elementary(fp16).log(2)).toBe(0.693359375);
});

test.each([
  [fp16, BINARY16],
  [bf16, BFLOAT16],
  [fp32, BINARY32],
])("$name: 2000 results are the nearest to the exact ones", (P, widths) => {
  const f = elementary(P);

  for (const sample of samples(500, 9, 5)) {
    const x = P.round(sample);
    expect(f.sin(x)).toBe(roundExactly(widths, sinExactly(x)));
    expect(f.cos(x)).toBe(roundExactly(widths, cosExactly(x)));
    expect(f.exp(x)).toBe(roundExactly(widths, expExactly(x)));
    expect(f.log(Math.abs(x))).toBe(roundExactly(widths, logExactly(Math.abs(x))));
  }
});
