import assert from "node:assert/strict";
import { test } from "node:test";
import { solvedSphere, third } from "./use.js";

test("an fp16 vector holds 1/3 to its precision", () => {
  const { value, bound } = third();

  assert.equal(value, 1365 / 4096);
  assert.ok(Math.abs(value - 1 / 3) <= bound);
});

test("a solve gives the same bits as on any other engine", async () => {
  const { termination, chi2, cgIterations } = await solvedSphere();

  assert.equal(termination, "converged");
  assert.equal(chi2, 1164.3974055021222);
  assert.equal(cgIterations, 5);
});
