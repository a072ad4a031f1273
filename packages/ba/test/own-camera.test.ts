import { type CameraModel, snavely } from "@slam/camera";
import { fp64, operationFormat } from "@slam/float";
import { expectSameBits } from "@slam/testing";
import { nameForModules, recordModules, shipModules } from "@slam/wasm";
import { expect, test } from "vitest";
import { pointOf } from "../src/observer.ts";
import { BundleProblem } from "../src/problem.ts";
import { orbit } from "./orbit.ts";

/** What a user would write whose camera measures twice as much, called as ours is. */
const twice = {
  project(k, p, out, derivatives) {
    const seen = snavely.project(k, p, out, derivatives);
    for (const numbers of [out.value, out.byPoint, out.byIntrinsics]) for (let i = 0; i < numbers.length; i++) numbers[i] *= 2;
    return seen;
  },
  formulas(A, k, p) {
    const two = A.constant(2);
    const { byPoint, byIntrinsics } = snavely.formulas!(A, k, p);
    return { byPoint: byPoint.map((d) => A.mul(two, d)), byIntrinsics: byIntrinsics.map((d) => A.mul(two, d)) };
  },
} satisfies Pick<CameraModel, "project" | "formulas">;

const OWN: readonly (readonly [string, CameraModel])[] = [
  ["a copy of ours", { ...snavely, ...twice }],
  ["an heir of ours", Object.create(snavely, Object.getOwnPropertyDescriptors(twice))],
];

/** J with the model, of one orbit. */
function jacobian(model: CameraModel): Float64Array {
  const { bundle } = orbit({ model: snavely, lens: [500, -0.1, 0.01] });
  const { parts } = new BundleProblem({ ...bundle, model }).jacobian(pointOf(bundle), operationFormat(fp64));
  return Float64Array.from(parts.flatMap(({ values }) => [...(values as unknown as Float64Array)]));
}

/** The names of the modules that write J with the model. */
function namesOf(model: CameraModel): readonly string[] {
  return [...recordModules(() => jacobian(model)).keys()].filter((name) => name.startsWith("ba/jacobianKernel"));
}

test("our model has modules with names, which tell it and its blocks", () => {
  expect(namesOf(snavely)).toEqual(["ba/jacobianKernel camera/snavely 12:camera point 4:fp64 8:position"]);
});

test.each(OWN)("a user's own model of that name, %s, is never given the module that was shipped for ours", (_, model) => {
  shipModules(recordModules(() => jacobian(snavely)));

  expect(model.name).toBe("snavely");
  expect(namesOf(model)).toEqual([]);
  expectSameBits(
    jacobian(model),
    jacobian(snavely).map((x) => 2 * x),
  );
});

test.each(OWN)("a user's own model, %s, that claims our module's name takes it from both", (_, model) => {
  const ours = jacobian(snavely);

  nameForModules("camera", { snavely: model });

  expect([namesOf(model), namesOf(snavely)]).toEqual([[], []]);
  expectSameBits(jacobian(snavely), ours);
});
