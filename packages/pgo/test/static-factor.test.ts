import { parsePolicy } from "@slam/nlls";
import { describe, expect, test } from "vitest";
import { readG2o } from "../src/io/g2o.ts";
import { start } from "../src/solve.ts";
import { hasPublicData, publicData } from "./public-data.ts";

describe.skipIf(!hasPublicData)("a complete factor made once and stored in fp16 costs few more CG iterations than one in fp32", () => {
  test.each(["sphere2500", "city10000"])("%s", { timeout: 120_000 }, (name) => {
    const { graph } = readG2o(publicData(`pose-graphs/${name}.g2o`)!, name);
    const cgIterations = (precondition: string): number => {
      const run = start(graph, { policy: parsePolicy({ preset: "fp32", precondition }), refresh: "static" });
      while (!run.done) run.step();
      return run.report.cgIterations;
    };

    const [fp16, fp32] = [cgIterations("fp16"), cgIterations("fp32")];

    expect(fp16).toBeLessThanOrEqual(Math.max(1.25 * fp32, fp32 + 10));
  });
});
