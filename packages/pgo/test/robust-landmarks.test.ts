import { describe, expect, test } from "vitest";
import type { PoseGraph } from "../src/graph.ts";
import type { LossName, LossOptions } from "../src/robust.ts";
import { type PoseGraphRun, start } from "../src/solve.ts";
import { distances, park } from "./seen-wrongly.ts";

function finish(graph: PoseGraph, loss?: LossOptions): PoseGraphRun {
  const run = start(graph, loss && { loss });
  while (!run.done) run.step();
  return run;
}

describe.each([2, 3] as const)("landmarks in %dD of which a tenth of the measurements are of others", (dimension) => {
  const { honest, spoiled, wrong } = park(dimension, 0.1, 5);
  const clean = finish(honest);

  test("bend the map without a loss", () => {
    expect(clean.report.termination).toBe("converged");
    expect(distances(honest, finish(spoiled).x, clean.x).poses).toBeGreaterThan(1);
  });

  test.each<LossName>(["cauchy", "geman-mcclure", "dcs", "gnc-tls", "gnc-gm"])("%s rejects these and hardly any other", (loss) => {
    const run = finish(spoiled, { loss });

    const { poses, median } = distances(honest, run.x, clean.x);
    const rejected = run.report.loss!.rejectedFactors.map(({ measurement }) => measurement);
    const found = rejected.filter((k) => wrong.has(k)).length;
    expect(run.report.termination).toBe("converged");
    expect(poses).toBeLessThan(0.1);
    expect(median).toBeLessThan(0.1);
    expect(found / rejected.length).toBeGreaterThanOrEqual(0.95);
    expect(found / wrong.size).toBeGreaterThanOrEqual(0.95);
    expect(run.report.loss!.rejected).toEqual([]);
  });

  test("what is rejected has its tag, its ids, and what weight is left", () => {
    const [set] = spoiled.factors!;
    const [first] = finish(spoiled, { loss: "gnc-tls" }).report.loss!.rejectedFactors;

    const { measurement } = first!;
    const ids = [spoiled.ids[set!.variables[2 * measurement]], spoiled.landmarks!.ids[set!.variables[2 * measurement + 1]]];
    expect(first).toEqual({ tag: set!.factor, measurement, ids, weight: 0 });
  });

  test("a loss on loops is not on them", () => {
    const { report, x } = finish(spoiled, { loss: "gnc-tls", on: "loops" });

    expect(report.loss!.rejectedFactors).toEqual([]);
    expect(distances(honest, x, clean.x).poses).toBeGreaterThan(1);
  });
});

describe("landmarks of which bearings alone are measured, a tenth of them of others", () => {
  const { honest, spoiled, wrong } = park(2, 0.1, 7);
  const clean = finish(bearingsOf(honest));

  test.each<LossName>(["cauchy", "dcs"])("%s rejects most of these and few others, from where lines cross at the median", (loss) => {
    const run = finish(bearingsOf(spoiled), { loss });

    const rejected = run.report.loss!.rejectedFactors.map(({ measurement }) => measurement);
    const found = rejected.filter((k) => wrong.has(k)).length;
    const { poses, median } = distances(honest, run.x, clean.x);
    expect(Math.max(poses, median)).toBeLessThan(0.2);
    expect(found / rejected.length).toBeGreaterThan(0.9);
    expect(found / wrong.size).toBeGreaterThan(0.95);
  });

  /** The directions alone of what is measured, good to 0.02. */
  function bearingsOf({ factors, ...graph }: PoseGraph): PoseGraph {
    const { variables, measurements: z } = factors![0]!;
    const measurements = Float64Array.from({ length: z.length / 2 }, (_, k) => Math.atan2(z[2 * k + 1], z[2 * k]));
    const information = new Float64Array(measurements.length).fill(1 / 0.02 ** 2);
    return { ...graph, factors: [{ factor: "EDGE_BEARING_SE2_XY", variables, measurements, information }] };
  }
});

describe("two measurements of a landmark that contradict each other", () => {
  /** Two poses 1 m apart; the first sees a landmark 2 m ahead, the second 9 m. */
  const graph: PoseGraph = {
    dimension: 2,
    ids: Float64Array.of(0, 1),
    poses: Float64Array.of(0, 0, 0, 1, 0, 0),
    known: Uint8Array.of(1, 1),
    from: Int32Array.of(0),
    to: Int32Array.of(1),
    measurements: Float64Array.of(1, 0, 0),
    information: Float64Array.of(100, 0, 0, 100, 0, 100),
    fixed: new Int32Array(0),
    landmarks: { ids: Float64Array.of(7), positions: new Float64Array(2), known: new Uint8Array(1), fixed: new Int32Array(0) },
    factors: [
      {
        factor: "EDGE_SE2_XY",
        variables: Int32Array.of(0, 0, 1, 0),
        measurements: Float64Array.of(2, 0, 9, 0),
        information: Float64Array.of(100, 0, 100, 100, 0, 100),
      },
      // A prior, which is 5 m off, is believed.
      {
        factor: "EDGE_PRIOR_SE2",
        variables: Int32Array.of(0),
        measurements: Float64Array.of(-5, 0, 0),
        information: Float64Array.of(100, 0, 0, 100, 0, 100),
      },
    ],
  };

  test.each<LossName>(["huber", "tukey", "dcs", "gnc-tls"])("%s leaves it in between, and odometry and the prior as they are", (loss) => {
    const { x, report } = finish(graph, { loss });

    expect(report.termination).toBe("converged");
    expect(x[0]).toBeCloseTo(-5, 3);
    expect(x[3]).toBeCloseTo(-4, loss === "huber" ? 0 : 2);
    expect(x[6]).toBeGreaterThan(-3.1);
    expect(x[6]).toBeLessThan(5.1);
    expect(report.loss!.rejectedFactors.every(({ tag }) => tag === "EDGE_SE2_XY")).toBe(true);
  });
});
