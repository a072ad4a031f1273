import { type AnyPrecision, bf16, convert, e4m3, fp16, fp32, fp64, type Storage, type Vec, zeros } from "@slam/float";
import { convertInto } from "@slam/linop";
import { expectSameBits } from "@slam/testing";
import { describe, expect, test } from "vitest";
import { drawn, families } from "./spaces.ts";

const formats: readonly AnyPrecision[] = [fp64, fp32, fp16, bf16, e4m3];

describe.each(formats.flatMap((from) => formats.map((to) => ({ from, to }))))("from $from.name to $to.name", ({ from, to }) => {
  test.each(Object.entries(families))("%s have the bits and the counts of a new vector", (_, family) => {
    const x = drawn(from, family(from), 200);
    const y = zeros(to, 200);
    const [own, expected] = [0, 1].map(() => ({ overflows: 0, flushed: 0 }));

    convertInto(from, x, to, y, own);

    expectSameBits(y as Storage, convert(from, x, to, expected) as Storage);
    expect(own).toEqual(expected);
  });
});

test("what lies on the edge of fp32's range and between its least numbers rounds to even", () => {
  const half = fp32.minSubnormal / 2;
  const x = Float64Array.of(fp32.overflowThreshold, fp32.overflowThreshold - 2 ** 75, half, -1.5 * half, -0, NaN);
  const y = new Float32Array(6);
  const events = { overflows: 0, flushed: 0 };

  convertInto(fp64, x, fp32, y, events);

  expect([...y]).toEqual([Infinity, fp32.maxFinite, 0, -fp32.minSubnormal, -0, NaN]);
  expect(events).toEqual({ overflows: 1, flushed: 1 });
});

test("a target of another length is refused before anything is written", () => {
  const y: Vec<typeof fp32> = Float32Array.of(7);

  expect(() => convertInto(fp64, Float64Array.of(1, 2), fp32, y, { overflows: 0, flushed: 0 })).toThrow(
    "convertInto: y has length 1, expected 2",
  );
  expect([...y]).toEqual([7]);
});
