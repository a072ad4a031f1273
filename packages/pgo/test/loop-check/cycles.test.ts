import { type LieGroup, se2, se3 } from "@slam/lie";
import { Random } from "@slam/sim";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { informationMatrix, type PoseGraph } from "../../src/graph.ts";
import { LoopCycles } from "../../src/loop-check/cycles.ts";
import { inverseOfDefinite } from "../../src/loop-check/dense.ts";
import { mahalanobis } from "../../src/mahalanobis.ts";
import { isMarginals, recoverMarginals } from "../../src/marginals.ts";
import { propagated } from "../dense-covariance.ts";
import { drawInformation } from "../loopy-graph.ts";
import { line } from "./line.ts";

describe("by hand, on a line driven 1 m at a time, 0.1 m off each", () => {
  test("a loop from the first to the third pose, 1 m off: 1 / (0.01 + 0.01 + 0.04)", () => {
    // Variances of two steps along the line, and of the loop.
    const cycles = new LoopCycles(line(3, [0, 2, 3, 25]));

    expect([...cycles.edges]).toEqual([2]);
    expect(cycles.againstOdometry(0)).toBeCloseTo(1 / 0.06, 10);
  });

  test("two loops over the same road: what is driven there and back cancels", () => {
    // 0 -> 1 and 8 -> 9 are 7 steps from each other, but a cycle of both has the noise of two steps and two loops: 1 m off.
    const cycles = new LoopCycles(line(11, [0, 2, 3, 25], [8, 10, 2, 25]));

    expect(cycles.againstEachOther(0, 1)).toBeCloseTo(1 / (0.04 + 2 * 0.04), 10);
    expect(cycles.againstEachOther(1, 0)).toBeCloseTo(1 / (0.04 + 2 * 0.04), 10);
  });

  test("two loops side by side are as good as their distance is short", () => {
    const cycles = new LoopCycles(line(12, [0, 10, 10.5, 25], [1, 11, 9.5, 25]));

    // One step at either end.
    expect(cycles.againstEachOther(0, 1)).toBeCloseTo(1 / (0.02 + 2 * 0.04), 10);
  });

  test("one loop within the other: the road that both run along in one direction counts once", () => {
    // 0 -> 10 and 2 -> 9.
    const cycles = new LoopCycles(line(11, [0, 10, 11, 25], [2, 9, 7, 25]));

    expect(cycles.againstEachOther(0, 1)).toBeCloseTo(1 / (0.03 + 2 * 0.04), 10);
  });

  test("twenty kilometres from where the chain begins, where its own position is uncertain by kilometres, they are judged as near it", () => {
    const off = (graph: PoseGraph): PoseGraph => {
      // 5 mm to the side, where steps and loops are 1 mm off.
      graph.measurements[graph.measurements.length - 2] = 0.005;
      return graph;
    };
    const near = new LoopCycles(off(line(11, [0, 2, 2, 25], [8, 10, 2, 25])));
    const far = new LoopCycles(off(line(20_011, [20_000, 20_002, 2, 25], [20_008, 20_010, 2, 25])));

    const expected = near.againstEachOther(0, 1);
    expect(Math.abs(far.againstEachOther(0, 1) / expected - 1)).toBeLessThan(1e-3);
    expect(Math.abs(far.againstOdometry(1) / near.againstOdometry(1) - 1)).toBeLessThan(1e-3);
  });

  test("a loop whose information leaves a direction open is named", () => {
    const cycles = new LoopCycles(line(4, [0, 2, 2, 25], [0, 3, 3, 0]));

    expect([[...cycles.edges], cycles.singular]).toEqual([[3], [4]]);
  });
});

/** Chains of random steps and loops 1 and 2 that agree but for `off`, far from the identity though both may be; all edges in either direction. */
interface Case {
  readonly graph: PoseGraph;
  readonly group: LieGroup;
}

const arbitraryCase: fc.Arbitrary<Case> = fc
  .record({
    dimension: fc.constantFrom(2 as const, 3 as const),
    n: fc.integer({ min: 3, max: 9 }),
    seed: fc.integer({ min: 0, max: 1e6 }),
    ends: fc.array(fc.nat(8), { minLength: 4, maxLength: 4 }),
    cut: fc.nat(12),
  })
  .filter(({ n, ends: [a, b, c, d] }) => Math.abs((a % n) - (b % n)) > 1 && Math.abs((c % n) - (d % n)) > 1)
  .map(({ dimension, n, seed, ends, cut }) =>
    draw(
      dimension,
      n,
      seed,
      ends.map((end) => end % n),
      cut,
    ),
  );

const OFF = 1e-5;

function draw(dimension: 2 | 3, n: number, seed: number, [a, b, c, d]: readonly number[], cut: number): Case {
  const random = new Random(seed);
  const group = dimension === 2 ? se2 : se3;
  const { size, dof } = group;
  const tangent = (scale: number): Float64Array => Float64Array.from({ length: dof }, () => scale * random.gaussian());
  const poses = new Float64Array(n * size);
  group.exp(tangent(1), 0, poses, 0);
  for (let k = 1; k < n; k++) group.retract(poses, (k - 1) * size, tangent(0.7), 0, poses, k * size);
  // Where odometry would put the second ends: D P, the same D for both loops.
  const drift = new Float64Array(size);
  group.exp(tangent(0.7), 0, drift, 0);
  const pairs: (readonly [number, number])[] = Array.from({ length: n - 1 }, (_, k) => [k, k + 1] as const);
  if (cut > 0 && cut < n) pairs.splice(cut - 1, 1);
  const loops = [[Math.min(a, b), Math.max(a, b)] as const, [Math.min(c, d), Math.max(c, d)] as const];
  const edges = [...pairs, ...loops];
  const measurements = new Float64Array(edges.length * size);
  edges.forEach(([i, j], e) => {
    const end = new Float64Array(size);
    if (e < pairs.length) end.set(poses.subarray(j * size, (j + 1) * size));
    else group.compose(drift, 0, poses, j * size, end, 0);
    group.relative(poses, i * size, end, 0, measurements, e * size);
    if (e === edges.length - 1) group.retract(measurements, e * size, tangent(OFF), 0, measurements, e * size);
  });
  const isTurned = edges.map(() => random.integer(2) === 1);
  isTurned.forEach((turned, e) => {
    if (turned) group.inverse(measurements, e * size, measurements, e * size);
    group.normalize(measurements, e * size, measurements, e * size);
  });
  const graph: PoseGraph = {
    dimension,
    ids: Float64Array.from({ length: n }, (_, k) => k),
    poses,
    known: new Uint8Array(n).fill(1),
    from: Int32Array.from(edges, ([i, j], e) => (isTurned[e] ? j : i)),
    to: Int32Array.from(edges, ([i, j], e) => (isTurned[e] ? i : j)),
    measurements,
    information: Float64Array.from(edges.flatMap(() => drawInformation(dof, random))),
    fixed: new Int32Array(0),
  };
  return { graph, group };
}

/** Poses of each chain from the identity, D of each loop and D_1 D_2^-1 or, of one loop, D: from scratch, edge by edge. */
function cycleOf({ graph, group }: Case, measurements: Float64Array, loops: readonly number[]): Float64Array {
  const { size } = group;
  const n = graph.ids.length;
  const poses = new Float64Array(n * size);
  const Z = new Float64Array(size);
  for (let k = 0; k < n; k++) {
    const e = graph.from.findIndex((i, edge) => Math.max(i, graph.to[edge]) === k && Math.abs(i - graph.to[edge]) === 1);
    if (e < 0) {
      group.identity(poses, k * size);
      continue;
    }
    Z.set(measurements.subarray(e * size, (e + 1) * size));
    if (graph.from[e] === k) group.inverse(Z, 0, Z, 0);
    group.compose(poses, (k - 1) * size, Z, 0, poses, k * size);
  }
  const discrepancies = loops.map((edge) => {
    const D = measurements.slice(edge * size, (edge + 1) * size);
    if (graph.from[edge] > graph.to[edge]) group.inverse(D, 0, D, 0);
    const [a, b] = [Math.min(graph.from[edge], graph.to[edge]), Math.max(graph.from[edge], graph.to[edge])];
    const back = new Float64Array(size);
    group.inverse(poses, b * size, back, 0);
    group.compose(poses, a * size, D, 0, D, 0);
    group.compose(D, 0, back, 0, D, 0);
    return D;
  });
  const cycle = discrepancies[0];
  if (loops.length > 1) {
    group.inverse(discrepancies[1], 0, discrepancies[1], 0);
    group.compose(cycle, 0, discrepancies[1], 0, cycle, 0);
  }
  return cycle;
}

/** e'S^-1 e of a cycle with its covariance by central differences in the noise of each edge. */
function squaredByDifferences(the: Case, loops: readonly number[]): number {
  const { graph, group } = the;
  const { size, dof } = group;
  const cycle = cycleOf(the, graph.measurements, loops);
  const e = new Float64Array(dof);
  group.log(cycle, 0, e, 0);
  const h = 2 ** -17;
  const S = new Float64Array(dof * dof);
  for (let edge = 0; edge < graph.from.length; edge++) {
    const J = new Float64Array(dof * dof);
    for (let k = 0; k < dof; k++) {
      const [ahead, behind] = [h, -h].map((step) => {
        const xi = new Float64Array(dof);
        xi[k] = step;
        const moved = graph.measurements.slice();
        group.retract(moved, edge * size, xi, 0, moved, edge * size);
        const after = cycleOf(the, moved, loops);
        const change = new Float64Array(dof);
        group.local(cycle, 0, after, 0, change, 0);
        return change;
      });
      for (let row = 0; row < dof; row++) J[row * dof + k] = (ahead[row] - behind[row]) / (2 * h);
    }
    const half = dof === 6 ? 2 : 1;
    const W = informationMatrix(graph, edge).map((w, at) => w / ((at % dof < 3 ? 1 : half) * (at < 3 * dof ? 1 : half)));
    const share = propagated(J, inverseOfDefinite(W, dof)!, dof);
    for (let at = 0; at < S.length; at++) S[at] += share[at];
  }
  return propagated(e, inverseOfDefinite(S, dof)!, dof)[0];
}

/** What the errors are, in rad and m, times what terms of second order may be worth. */
const SECOND_ORDER = 100 * OFF;

test("the covariance of a cycle of two loops is that of difference quotients, whatever odometry they share, in one chain and between two", () => {
  fc.assert(
    fc.property(arbitraryCase, (the) => {
      const loops = the.graph.from.length;
      const cycles = new LoopCycles(the.graph);
      const [a, b] = [cycles.a, cycles.b].map((ends) => [...ends].map((k) => cycles.chain[k]));
      fc.pre(a[0] === a[1] && b[0] === b[1]);

      const squared = cycles.againstEachOther(0, 1);

      const expected = squaredByDifferences(the, [loops - 2, loops - 1]);
      expect(Math.abs(squared / expected - 1)).toBeLessThan(SECOND_ORDER);
    }),
  );
});

test("the distance of one loop from odometry is its Mahalanobis distance from the graph without loops", () => {
  fc.assert(
    fc.property(arbitraryCase, ({ graph, group }) => {
      const { size, dof } = group;
      const edge = graph.from.length - 1;
      const [i, j] = [graph.from[edge], graph.to[edge]];
      const chain: PoseGraph = {
        ...graph,
        from: graph.from.slice(0, -2),
        to: graph.to.slice(0, -2),
        measurements: graph.measurements.slice(0, -2 * size),
        information: graph.information.slice(0, -dof * (dof + 1)),
      };
      fc.pre(chain.from.length === graph.ids.length - 1);
      // A loop that is right but for OFF.
      const Z = new Float64Array(size);
      group.relative(graph.poses, i * size, graph.poses, j * size, Z, 0);
      const off = Float64Array.from({ length: dof }, (_, k) => OFF * (k + 1));
      group.retract(Z, 0, off, 0, Z, 0);
      group.normalize(Z, 0, Z, 0);
      const measurements = graph.measurements.slice();
      measurements.set(Z, edge * size);

      const squared = new LoopCycles({ ...graph, measurements }).againstOdometry(1);

      const marginals = recoverMarginals(chain);
      if (!isMarginals(marginals)) throw new Error("singular");
      const W = graph.information.slice(-(dof * (dof + 1)) / 2);
      const { squared: expected } = mahalanobis(marginals, i, j, Z, W);
      expect(Math.abs(squared / expected - 1)).toBeLessThan(SECOND_ORDER);
    }),
  );
});
