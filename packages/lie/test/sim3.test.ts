import { fp64, tolerance } from "@slam/float";
import { se3, sim3 } from "@slam/lie";
import { expectClose, groupLaws } from "@slam/testing";
import { expect, test } from "vitest";

const half = Math.sqrt(0.5);
const u = tolerance(fp64, 2);

test("composes a quarter turn at twice the size with a step ahead", () => {
  const out = new Float64Array(8);
  sim3.compose(Float64Array.of(1, 2, 3, 0, 0, half, half, 2), 0, Float64Array.of(4, 5, 6, half, 0, 0, half, 0.25), 0, out, 0);

  expectClose(out, [-9, 10, 15, 0.5, 0.5, 0.5, 0.5, 0.5], u);
});

test("relative undoes compose", () => {
  const out = new Float64Array(8);
  sim3.relative(Float64Array.of(1, 2, 3, 0, 0, half, half, 2), 0, Float64Array.of(-9, 10, 15, 0.5, 0.5, 0.5, 0.5, 0.5), 0, out, 0);

  expectClose(out, [4, 5, 6, half, 0, 0, half, 0.25], u);
});

test("exp without a turn goes straight while it grows: v (e^sigma - 1) / sigma", () => {
  const out = new Float64Array(8);
  sim3.exp(Float64Array.of(1, -2, 0, 0, 0, 0, Math.LN2), 0, out, 0);

  expectClose(out, [1 / Math.LN2, -2 / Math.LN2, 0, 0, 0, 0, 1, 2], u);
});

test("exp spirals: the end of dz/dtau = (sigma + i theta) z + v in the plane", () => {
  const out = new Float64Array(8);
  // z = v (e^(sigma + i theta) - 1) / (sigma + i theta), here with sigma = log 2, theta = pi / 2, so (2i - 1) / (log 2 + i pi / 2)
  sim3.exp(Float64Array.of(1, 0, 0, 0, 0, Math.PI / 2, Math.LN2), 0, out, 0);
  const square = Math.LN2 ** 2 + Math.PI ** 2 / 4;

  expectClose(out, [(Math.PI - Math.LN2) / square, (2 * Math.LN2 + Math.PI / 2) / square, 0, 0, 0, half, half, 2], u);
});

test("at scale 1 it is SE(3)", () => {
  const xi = Float64Array.of(0.5, -2, 3, 0.25, -1, 0.75);
  const rigid = new Float64Array(7);
  const similar = new Float64Array(8);
  const [J6, J7] = [new Float64Array(36), new Float64Array(49)];
  se3.exp(xi, 0, rigid, 0);
  sim3.exp(Float64Array.of(...xi, 0), 0, similar, 0);
  se3.leftJacobian(xi, 0, J6, 0);
  sim3.leftJacobian(Float64Array.of(...xi, 0), 0, J7, 0);

  expectClose(similar, [...rigid, 1], u);
  expectClose(
    Array.from(J6, (_, k) => J7[7 * Math.floor(k / 6) + (k % 6)]),
    J6,
    tolerance(fp64, 16),
  );
});

test("reads and writes at offsets of one flat array", () => {
  const graph = Float64Array.of(1, 2, 3, 0, 0, 0, 1, 2, 5, 8, 13, 1, 0, 0, 0, 4, 9, 9, 9, 9, 9, 9, 9, 9);
  sim3.relative(graph, 0, graph, 8, graph, 16);

  expect(graph.slice(16)).toEqual(Float64Array.of(2, 3, 5, 1, 0, 0, 0, 2));
});

groupLaws(sim3, tolerance(fp64, 128));
