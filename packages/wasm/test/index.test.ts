import { expect, test } from "vitest";
import * as wasm from "../src/index.ts";

test("exports these names", () => {
  expect(Object.keys(wasm).sort()).toEqual([
    "Arena",
    "ArenaError",
    "ArenaPool",
    "COS_SIN_BOUND",
    "EmitError",
    "EngineError",
    "ModuleBuilder",
    "arenaSpace",
    "bytesFor",
    "checkEngine",
    "cosSin",
    "decodeLanes",
    "encodeLanes",
    "engineSupport",
    "f32",
    "f32x4",
    "f64",
    "f64x2",
    "i16x8",
    "i32",
    "i32x4",
    "i64",
    "i64x2",
    "i8x16",
    "kernels",
    "laneEmitter",
    "laneFormat",
    "nameForModules",
    "recordModules",
    "select",
    "shipModules",
    "v128",
  ]);
});
