import { afterEach, describe, expect, test, vi } from "vitest";
import { Arena, checkEngine, EngineError, engineSupport } from "../src/index.ts";
import { webAssembly } from "../src/platform.ts";

const real = webAssembly()!;

afterEach(() => {
  vi.unstubAllGlobals();
});

test("this engine runs kernels", () => {
  expect(engineSupport()).toBe("full");
  expect(() => checkEngine()).not.toThrow();
});

describe.each([
  ["no-webassembly", undefined, "this engine has no WebAssembly"],
  ["no-simd", { ...hostLike(), validate: () => false }, "this engine's WebAssembly has no SIMD"],
  ["forbidden", { ...hostLike(), Module: refusing }, "add 'wasm-unsafe-eval' to script-src"],
] as const)("an engine with %s", (support, host, message) => {
  test("is told apart, and refused with what to try", () => {
    vi.stubGlobal("WebAssembly", host);

    expect(engineSupport()).toBe(support);
    expect(() => checkEngine()).toThrow(EngineError);
    expect(() => new Arena(1)).toThrow(message);
  });
});

function hostLike(): object {
  return { Memory: real.Memory, Module: real.Module, Instance: real.Instance, validate: real.validate };
}

/** As a content security policy does. */
function refusing(): never {
  throw new EvalError("Refused to compile or instantiate WebAssembly module");
}
