import assert from "node:assert/strict";
import { test } from "node:test";
import { entries } from "./entries.js";

for (const [name, module] of entries) {
  test(`${name} exports something`, () => {
    assert.notEqual(Object.keys(module).length, 0);
  });
}
