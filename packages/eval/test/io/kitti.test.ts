import { DimensionError, ParseError } from "@slam/errors";
import { readKitti, writeKitti } from "@slam/eval";
import { fp64, tolerance } from "@slam/float";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { posesOf } from "../trajectories.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const u = tolerance(fp64, 16);

test("reads the rows of [R t], a quarter turn about z here", () => {
  const half = Math.sqrt(0.5);

  expectClose(readKitti(bytes("# x\n0 -1 0 5 1 0 0 6 0 0 1 7\r\n")), [5, 6, 7, 0, 0, half, half], u);
});

test("takes the nearest rotation of few decimals", () => {
  expectClose(
    readKitti(bytes("0.71 -0.71 0 0 0.71 0.71 0 0 0 0 1 0")).subarray(3),
    [0, 0, Math.sin(Math.PI / 8), Math.cos(Math.PI / 8)],
    u,
  );
});

test("reads back what it writes: positions bit for bit, rotations to a few roundings", () => {
  fc.assert(
    fc.property(posesOf(3), (poses) => {
      const back = readKitti(bytes([...writeKitti(poses)].join("")));
      for (let o = 0; o < poses.length; o += 7) {
        // Minus zero is written as 0.
        expect([...back.subarray(o, o + 3)]).toEqual([...poses.subarray(o, o + 3)].map((x) => x + 0));
        const same = poses.subarray(o + 3, o + 7).reduce((sum, q, k) => sum + q * back[o + 3 + k], 0);
        expect(Math.abs(same)).toBeGreaterThanOrEqual(1 - 4 * u);
      }
    }),
  );
});

test("refuses to write what is no poses", () => {
  expect(() => [...writeKitti(new Float64Array(8))]).toThrow(DimensionError);
});

describe("names the line of", () => {
  test.each([
    ["a truncated line", "1 0 0 0 0 1 0 0 0 0 1 0\n1 0 0", "run.txt:2: expected 12 numbers, the rows of [R t], found 3 numbers"],
    ["a number too many", "1 0 0 0 0 1 0 0 0 0 1 0 9", "run.txt:1:25: expected the end of the line, found 9"],
    ["a word", "1 0 0 0 0 1 0 0 0 0 1 z", "run.txt:1:23: expected a finite number, found z"],
    ["a matrix of another size", "2 0 0 0 0 2 0 0 0 0 2 0", "run.txt:1: expected a rotation R in [R t], found 2 0 0 0 2 0 0 0 2"],
    ["a mirror", "1 0 0 0 0 1 0 0 0 0 -1 0", "run.txt:1: expected a rotation R in [R t], found 1 0 0 0 1 0 0 0 -1"],
    ["an empty file", "", "run.txt:1: expected a pose, found the end of the file"],
  ])("%s", (_, text, message) => {
    const read = (): unknown => readKitti(bytes(text), "run.txt");

    expect(read).toThrow(ParseError);
    expect(read).toThrow(message);
  });
});
