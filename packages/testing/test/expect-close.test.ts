import { expectClose } from "@slam/testing";
import { expect, test } from "vitest";

test("measures errors against the largest entry, and against 1 where all are smaller", () => {
  expectClose([100, 1], [100, 1.5], 0.005);
  expectClose([0.1], [0.2], 0.1);
  expect(() => expectClose([100, 1], [100, 1.6], 0.005)).toThrow("entry 1");
});

test("fails for a NaN, an infinity and another length", () => {
  expect(() => expectClose([NaN], [0], 1)).toThrow("entry 0");
  expect(() => expectClose([0], [NaN], 1)).toThrow("entry 0");
  expect(() => expectClose([Infinity], [Infinity], 1)).toThrow("entry 0");
  expect(() => expectClose([1], [1, 1], 1)).toThrow();
});
