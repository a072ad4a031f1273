import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { e4m3, fp16, fp32, fp64, nextDown, nextUp, ulp, ulpDistance } from "../src/index.ts";
import { after, allFormats, codeFormats, decode, encode, numbersOf } from "./cases.ts";

test("the ulp of 1 is 2 u, in the whole binade", () => {
  expect(ulp(fp16, 1)).toBe(2 ** -10);
  expect(ulp(fp16, -1.999)).toBe(2 ** -10);
  expect(ulp(fp16, 2)).toBe(2 ** -9);
  expect(ulp(fp64, 1)).toBe(Number.EPSILON);
});

test("no ulp is smaller than the least subnormal", () => {
  expect(ulp(fp16, 0)).toBe(2 ** -24);
  expect(ulp(fp16, 2 ** -30)).toBe(2 ** -24);
  expect(ulp(fp64, 2 ** -1074)).toBe(2 ** -1074);
  expect(ulp(fp64, 2 ** -1021)).toBe(2 ** -1073);
});

test("infinity and NaN have theirs", () => {
  expect(ulp(fp32, -Infinity)).toBe(Infinity);
  expect(ulp(fp32, NaN)).toBeNaN();
});

test("neighbours cross binades, zero and the ends", () => {
  expect(nextUp(fp16, 1)).toBe(1 + 2 ** -10);
  expect(nextDown(fp16, 1)).toBe(1 - 2 ** -11);
  expect(nextUp(fp16, 0)).toBe(2 ** -24);
  expect(nextUp(fp16, -0)).toBe(2 ** -24);
  expect(nextUp(fp16, -(2 ** -24))).toBe(-0);
  expect(nextDown(fp16, 2 ** -14)).toBe(2 ** -14 - 2 ** -24);
  expect(nextUp(fp16, 65504)).toBe(Infinity);
  expect(nextDown(fp16, Infinity)).toBe(65504);
  expect(nextUp(fp16, Infinity)).toBe(Infinity);
  expect(nextUp(e4m3, 448)).toBeNaN();
  expect(nextDown(fp64, Infinity)).toBe(Number.MAX_VALUE);
  expect(nextUp(fp16, NaN)).toBeNaN();
});

test("distances count across zero and to infinity", () => {
  expect(ulpDistance(fp32, 1, 1 + 2 ** -22)).toBe(2);
  expect(ulpDistance(fp16, -(2 ** -24), 2 ** -24)).toBe(2);
  expect(ulpDistance(fp16, -0, 0)).toBe(0);
  expect(ulpDistance(fp16, 65504, Infinity)).toBe(1);
  expect(ulpDistance(fp16, -Infinity, Infinity)).toBe(2 * 0x7c00);
  expect(ulpDistance(fp64, 1, NaN)).toBeNaN();
  expect(ulpDistance(fp64, 1, after(after(1)))).toBe(2);
  expect(ulpDistance(fp64, 0, 1)).toBe(1023 * 2 ** 52);
});

describe.each(codeFormats)("$name", ({ P }) => {
  test("neighbours and distances are those of the codes", () => {
    const top = encode(P, P.maxFinite);
    for (let code = 0; code < top; code++) {
      const [x, above] = [decode(P, code), decode(P, code + 1)];
      const right =
        nextUp(P, x) === above &&
        nextDown(P, above) === x &&
        nextUp(P, -above) === -x &&
        ulpDistance(P, x, above) === 1 &&
        ulpDistance(P, 0, -above) === code + 1 &&
        ulp(P, x) === above - x;
      if (!right) expect.fail(`${x}, code ${code}`);
    }
  });
});

describe.each(allFormats)("$name", ({ P }) => {
  test("a step up and a step down meet again, one apart", () => {
    fc.assert(
      fc.property(
        numbersOf(P).filter((x) => x < P.maxFinite),
        (x) => {
          const up = nextUp(P, x);

          expect(up).toBeGreaterThan(x);
          expect(P.round(up)).toBe(up);
          expect(nextDown(P, up) + 0).toBe(x + 0);
          expect(ulpDistance(P, x, up)).toBe(1);
        },
      ),
      { numRuns: 300 },
    );
  });
});
