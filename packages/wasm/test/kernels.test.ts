import { fp64 } from "@slam/float";
import { expect, test } from "vitest";
import { Arena, f64, kernels, type ModuleBuilder } from "../src/index.ts";

interface Scale {
  scale(x: number): void;
}

let emitted = 0;

/** x[0] <- x[0] * factor */
function scaleBy(m: ModuleBuilder<Scale>, factor: number | { readonly factor: number }): void {
  emitted++;
  const by = typeof factor === "number" ? factor : factor.factor;
  m.func("scale", { x: "i32" }, "void", (f, { x }) => f.store(x, f64.mul(f64.load(x), by)));
}

function scaled(arena: Arena, factor: number | { readonly factor: number }): number {
  const x = arena.view(fp64, 1);
  x[0] = 10;
  kernels(arena, scaleBy, factor).scale(arena.address("x", x));
  return x[0];
}

test("kernels compute in the arena they were asked for", () => {
  const [one, two] = [new Arena(100), new Arena(100)];

  expect([scaled(one, 2), scaled(two, 3), scaled(one, 3)]).toEqual([20, 30, 30]);
});

test("a module is emitted once per source and parameters, and instantiated once per arena", () => {
  const [one, two] = [new Arena(100), new Arena(100)];
  const before = emitted;

  const first = kernels(one, scaleBy, 7);

  expect(kernels(one, scaleBy, 7)).toBe(first);
  expect(kernels(two, scaleBy, 7)).not.toBe(first);
  expect(emitted).toBe(before + 1);
});

test("objects among the parameters count by identity", () => {
  const arena = new Arena(1000);

  expect([{ factor: 2 }, { factor: 5 }].map((parameter) => scaled(arena, parameter))).toEqual([20, 50]);
});

test("texts and numbers among the parameters are told apart", () => {
  const arena = new Arena(100);
  const source = (m: ModuleBuilder<{ run(): number }>, parameter: string | number): void => {
    m.func("run", {}, "f64", () => (typeof parameter === "string" ? 1 : 2));
  };

  expect([kernels(arena, source, "1").run(), kernels(arena, source, 1).run()]).toEqual([1, 2]);
});

test("an address outside the arena traps", () => {
  const arena = new Arena(65536);

  expect(() => kernels(arena, scaleBy, 2).scale(65536)).toThrow(/out of bounds/);
});
