import assert from "node:assert/strict";
import { test } from "node:test";
import { third } from "./use.js";

test("an fp16 vector holds 1/3 to its precision", () => {
  const { value, bound } = third();

  assert.equal(value, 1365 / 4096);
  assert.ok(Math.abs(value - 1 / 3) <= bound);
});
