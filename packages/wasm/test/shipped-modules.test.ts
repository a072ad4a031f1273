import { fp16, fp32 } from "@slam/float";
import { expect, test } from "vitest";
import { Arena, f64, kernels, type ModuleBuilder, nameForModules, recordModules, shipModules } from "../src/index.ts";

interface Give {
  give(): number;
}

const emissions: unknown[] = [];

function ours(m: ModuleBuilder<Give>, value: number | string): void {
  emissions.push(value);
  m.func("give", {}, "f64", () => f64.mul(Number(value), 1));
}

function ofObjects(m: ModuleBuilder<Give>, ..._: readonly object[]): void {
  m.func("give", {}, "f64", () => f64.mul(1, 1));
}

function nameless(m: ModuleBuilder<Give>, value: number): void {
  m.func("give", {}, "f64", () => f64.mul(value, 1));
}

const own = { of: "test" };
nameForModules("shipped-modules test", { ours, ofObjects, own });

test("what is asked for while something runs is recorded once by its name, whether it was emitted before or not", () => {
  const arena = new Arena(100);
  kernels(arena, ours, 1);

  const modules = recordModules(() => {
    for (const value of [1, "1", 1, 12]) kernels(arena, ours, value);
  });

  const name = "shipped-modules test/ours";
  expect([...modules.keys()]).toEqual([`${name} 1`, `${name} 1:1`, `${name} 12`]);
  expect(modules.get(`${name} 12`)?.subarray(0, 4)).toEqual(Uint8Array.of(0, 0x61, 0x73, 0x6d));
});

test("formats, codecs and objects with a name are part of it; what has none is left out", () => {
  const arena = new Arena(100);

  const modules = recordModules(() => {
    kernels(arena, ofObjects, fp32, fp16.lanes!, own);
    kernels(arena, ofObjects, fp32, { of: "nobody" });
    kernels(arena, nameless, 1);
  });

  expect([...modules.keys()]).toEqual(["shipped-modules test/ofObjects float/fp32 float/fp16.lanes shipped-modules test/own"]);
});

test("a shipped module takes the place of the emitter", () => {
  const [recorded] = recordModules(() => kernels(new Arena(100), ours, 30)).values();
  emissions.length = 0;

  shipModules(new Map([["shipped-modules test/ours 31", recorded]]));

  // Shipped on purpose under the name of another.
  expect([31, 32].map((value) => kernels(new Arena(100), ours, value).give())).toEqual([30, 32]);
  expect(emissions).toEqual([32]);
});

test("a name that two different objects ask for is taken from both, for good", () => {
  const arena = new Arena(100);
  const [first, second] = [{ version: 1 }, { version: 2 }];
  const recorded = (): number => recordModules(() => [first, second].map((object) => kernels(arena, ofObjects, object))).size;
  nameForModules("shipped-modules test", { both: first });
  nameForModules("shipped-modules test", { both: first });
  const before = recorded();

  nameForModules("shipped-modules test", { both: second });
  nameForModules("shipped-modules test", { both: first });

  expect([before, recorded()]).toEqual([1, 0]);
});

test("recordings end with what they run, even where it throws, and may lie in one another", () => {
  const arena = new Arena(100);
  let inner = 0;

  const outer = recordModules(() => {
    inner = recordModules(() => kernels(arena, ours, 40)).size;
    const failing = (): unknown =>
      recordModules(() => {
        throw new Error("on purpose");
      });
    expect(failing).toThrow("on purpose");
    kernels(arena, ours, 41);
  });

  expect([inner, [...outer.keys()]]).toEqual([1, ["shipped-modules test/ours 41"]]);
});
