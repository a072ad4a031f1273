import { fp64, operationFormat } from "@slam/float";
import { manhattan, sphere } from "@slam/sim";
import { expectSameBits } from "@slam/testing";
import { Arena, bytesFor } from "@slam/wasm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { informationSize, type PoseGraph, poseSize } from "../../src/graph.ts";
import { movePoses, stagingBytes, turnPoses, writeRotations, writeTranslations } from "../../src/init/chordal-engine.ts";
import { writeEdgeRotation } from "../../src/init/edge-rotation.ts";
import { movePose, turnPose } from "../../src/init/place-pose.ts";
import { PoseGraphProblem } from "../../src/problem.ts";
import { planarPose, spatialPose } from "../arbitrary-pose.ts";
import { worldGraph } from "../world-graph.ts";

/** Both blocks of each edge, the engine's and the reference's, and how many edges the engine has left. */
function rotationBlocks(problem: PoseGraphProblem): { readonly engine: Float64Array; readonly plain: Float64Array; readonly left: number } {
  const { graph, blocks } = problem;
  const d = graph.dimension;
  const length = blocks.pattern.colIdx.length * d * d;
  const right = (): Float64Array[] => Array.from({ length: d }, () => new Float64Array(graph.from.length * d));
  const arena = new Arena(bytesFor(fp64, length) + stagingBytes(graph));
  const engine = arena.view(fp64, length);
  const plain = new Float64Array(length);
  const [b, expected] = [right(), right()];
  let left = 0;
  writeRotations(problem, engine, arena, (e) => {
    left++;
    writeEdgeRotation(problem, graph.poses, e, engine, b);
  });
  graph.from.forEach((_, e) => {
    writeEdgeRotation(problem, graph.poses, e, plain, expected);
  });
  b.forEach((numbers, k) => {
    expectSameBits(numbers, expected[k]);
  });
  return { engine, plain, left };
}

/** Three poses in a ring. */
function ring(dimension: 2 | 3, measurements: readonly Float64Array[], information: readonly (readonly number[])[]): PoseGraph {
  const size = poseSize({ dimension });
  return {
    dimension,
    ids: Float64Array.of(0, 1, 2),
    poses: Float64Array.from({ length: 3 * size }, (_, k) => (dimension === 3 && k % 7 === 6 ? 1 : 0)),
    known: new Uint8Array(3),
    from: Int32Array.of(0, 2, 2),
    to: Int32Array.of(1, 1, 0),
    measurements: Float64Array.from(measurements.flatMap((z) => [...z])),
    information: Float64Array.from(information.flat()),
    fixed: new Int32Array(0),
  };
}

/** Any weight on the diagonal, and a rotation block that may be far from what a rotation's covariance allows. */
function information(dimension: 2 | 3): fc.Arbitrary<readonly number[]> {
  const size = informationSize({ dimension });
  const weight = fc.oneof(fc.double({ min: 0, max: 100, noNaN: true }), fc.constantFrom(0, 1e-12, 1e12));
  return fc
    .tuple(fc.array(weight, { minLength: 6, maxLength: 6 }), fc.double({ min: -1, max: 1, noNaN: true }))
    .map(([diagonal, share]) => {
      const rows = dimension === 2 ? 3 : 6;
      const at = (i: number): number => i * rows - (i * (i - 1)) / 2;
      const triangle = new Array<number>(size).fill(0);
      for (let i = 0; i < rows; i++) triangle[at(i)] = diagonal[i];
      // One pair of axes, within what makes it positive definite.
      triangle[at(rows - 2) + 1] = dimension === 2 ? 0 : share * Math.sqrt(diagonal[4] * diagonal[5]) * 0.99;
      return triangle;
    });
}

describe.each([
  [2, planarPose],
  [3, spatialPose],
] as const)("in %i dimensions", (dimension, pose) => {
  test("blocks of rotations have the reference's bits, with poses held or not", () => {
    const edges = fc.array(fc.tuple(pose, information(dimension)), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(edges, fc.subarray([0, 1, 2]), (cases, held) => {
        const graph = ring(
          dimension,
          cases.map(([z]) => z),
          cases.map(([, W]) => W),
        );

        const { engine, plain } = rotationBlocks(new PoseGraphProblem(graph, held));

        expectSameBits(engine, plain);
      }),
    );
  });
});

test.each([manhattan, sphere])("more edges than one call takes are the kernel's, but for those at the held pose: $name", (world) => {
  const graph = worldGraph(world({ poses: 700, seed: 2 }));

  const { engine, plain, left } = rotationBlocks(new PoseGraphProblem(graph, [3]));

  expectSameBits(engine, plain);
  expect(left).toBe(graph.from.filter((k, e) => k === 3 || graph.to[e] === 3).length);
});

test.each([
  [manhattan, 2, 3],
  [sphere, 3, 6],
] as const)("columns of translations are the Jacobian's first ones", (world, d, dof) => {
  const graph = worldGraph(world({ poses: 700, seed: 2 }));
  const problem = new PoseGraphProblem(graph, [0]);
  const J = problem.jacobian(graph.poses, operationFormat(fp64)).matrix.values as Float64Array;
  const length = (J.length / dof) * d;
  const arena = new Arena(bytesFor(fp64, length) + stagingBytes(graph));
  const columns = arena.view(fp64, length);

  writeTranslations(problem, J, columns, arena);

  expectSameBits(
    columns,
    J.filter((_, k) => k % dof < d),
  );
});

test.each([1e9, Infinity])("leaves an angle of %f to the reference", (angle) => {
  const measurements = [angle, 0.1, 0.2].map((theta) => Float64Array.of(1, 0, theta));
  const graph = ring(
    2,
    measurements,
    Array.from({ length: 3 }, () => [1, 0, 0, 1, 0, 1]),
  );

  const { engine, plain, left } = rotationBlocks(new PoseGraphProblem(graph, []));

  expectSameBits(engine, plain);
  expect(left).toBe(1);
});

test.each([
  [manhattan, 2],
  [sphere, 3],
] as const)("poses move as the reference moves them, but for those held", (world, d) => {
  const graph = worldGraph(world({ poses: 700, seed: 2 }));
  const problem = new PoseGraphProblem(graph, [3, 600]);
  const arena = new Arena(bytesFor(fp64, 698 * d) + stagingBytes(graph));
  const rho = arena.view(fp64, 698 * d);
  rho.forEach((_, k) => {
    rho[k] = Math.fround(1 / (k + 1)) * (k % 3 === 0 ? -1 : 1);
  });
  const [moved, expected] = [graph.poses.slice(), graph.poses.slice()];

  movePoses(problem, rho, moved, arena, () => expect.unreachable());

  problem.column.forEach((column, pose) => {
    if (column >= 0) movePose(graph, rho, column, expected, pose);
  });
  expectSameBits(moved, expected);
});

test("poses of the plane turn as the reference turns them, those without a common angle included", () => {
  const graph = worldGraph(manhattan({ poses: 700, seed: 2 }));
  const problem = new PoseGraphProblem(graph, [3]);
  const arena = new Arena(2 * bytesFor(fp64, 1398) + stagingBytes(graph));
  const rows = [0, 1].map((row) => {
    const numbers = arena.view(fp64, 1398);
    numbers.forEach((_, k) => {
      // Nothing says how every tenth pose turns.
      numbers[k] = k % 20 < 2 ? 0 : ((k * (7919 + 104 * row)) % 1013) / 7 - 72;
    });
    return numbers;
  });
  const [turned, expected] = [graph.poses.slice(), graph.poses.slice()];
  let left = 0;

  turnPoses(problem, rows, turned, arena, (pose) => {
    left++;
    turnPose(graph, rows, problem.column[pose], turned, pose);
  });

  problem.column.forEach((column, pose) => {
    if (column >= 0) turnPose(graph, rows, column, expected, pose);
  });
  expectSameBits(turned, expected);
  expect([left >= 70, left < 90]).toEqual([true, true]);
});

test("a pose with an angle too large for the kernel is handed over, and not moved before", () => {
  const graph = worldGraph(manhattan({ poses: 5, seed: 2 }));
  const poses = graph.poses.slice();
  poses[5] = 1e9;
  const arena = new Arena(bytesFor(fp64, 8) + stagingBytes(graph));
  const rho = arena.view(fp64, 8).fill(1);
  const left: [pose: number, x: number][] = [];

  movePoses(new PoseGraphProblem(graph, [0]), rho, poses, arena, (pose) => left.push([pose, poses[3]]));

  expect(left).toEqual([[1, graph.poses[3]]]);
});
