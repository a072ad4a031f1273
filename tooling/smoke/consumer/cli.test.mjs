import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

const slam = (...args) => execFileSync("node_modules/.bin/slam", args, { encoding: "utf8" });

test("the program makes a graph, solves it in its worker and draws its page", () => {
  slam("generate", "ring", "--out", "ring.g2o");
  const { termination, cost } = JSON.parse(slam("pgo", "ring.g2o", "--json", "--quiet", "--report", "ring.html"));

  assert.equal(termination, "converged");
  assert.ok(cost.final > 0 && cost.final < cost.initial);
});

test("the program makes what it benches by itself", () => {
  const { complete, pgo } = JSON.parse(slam("bench", "pgo", "--repeat", "1", "--json", "--quiet"));

  assert.equal(complete, true);
  assert.ok(pgo.length > 0 && pgo.every(({ termination }) => termination === "converged"));
});
