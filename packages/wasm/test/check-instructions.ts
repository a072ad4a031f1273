import { expectSameBits } from "@slam/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Expr } from "../src/expression.ts";
import { evaluator } from "./evaluate.ts";
import { floats, fromFloats, integers, type Model, type Models } from "./instruction-models.ts";

/** Members that are no instructions on operands alone; they have tests of their own. */
const OTHERS = /^(const|splat|shuffle|(extract|replace)_lane.*|(load|store).*)$/;

/** Tests every instruction of a namespace against its model. */
export function checkInstructions(name: string, namespace: object, models: Models): void {
  test(`${name}: every instruction has a model`, () => {
    const instructions = Object.keys(namespace).filter((key) => !OTHERS.test(key));

    expect(Object.keys(models).sort()).toEqual(instructions.sort());
  });

  test.each(Object.keys(models))(`${name}.%s`, (key) => {
    checkInstruction((namespace as { readonly [key: string]: (...operands: Expr[]) => Expr })[key], models[key]);
  });
}

/** Compares an instruction with its model on drawn operands. */
export function checkInstruction(instruction: (...operands: Expr[]) => Expr, model: Model): void {
  checkComputation(evaluator(model.types, instruction), model);
}

/** Compares a function of operands' bytes with a model on drawn operands. */
export function checkComputation(run: (...operands: Uint8Array[]) => Uint8Array, { types, result, compute }: Model): void {
  const draws = fc.sample(fc.tuple(...types.map(() => operand)), { numRuns: 200, seed: 1 });
  for (const operands of draws) {
    const [actual, expected] = [run(...operands), compute(...operands)];
    if (result === "bits") expect(actual).toEqual(expected);
    else expectSameBits(floats(actual, result === "f32" ? 4 : 8), floats(expected, result === "f32" ? 4 : 8));
  }
}

const edges = [0, -0, 1, -1, 0.5, 1.5, 2.5, -0.2, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** -149, 2 ** -1074, 1e300, Infinity, -Infinity, NaN];
const integerEdges = [0, 1, 2, 31, 33, 127, -128, 255, 32767, -32768, 65535, 2 ** 31 - 1, -(2 ** 31), -1];
const lanesOf = <T>(lane: fc.Arbitrary<T>, count: number): fc.Arbitrary<T[]> => fc.array(lane, { minLength: count, maxLength: count });

/** 16 bytes: any; or floats or integers with the ends of what there is among them. */
const operand: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
  lanesOf(fc.oneof(fc.constantFrom(...edges), fc.float()), 4).map((lanes) => fromFloats(4, lanes)),
  lanesOf(fc.oneof(fc.constantFrom(...edges), fc.double()), 2).map((lanes) => fromFloats(8, lanes)),
  ...[1, 2, 4, 8].map((width) => lanesOf(fc.constantFrom(...integerEdges), 16 / width).map((lanes) => integers(width, lanes))),
);
