import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chi2, readG2o } from "@slam/pgo";
import { expect, test } from "vitest";
import { slam, temporaryFolder } from "./slam.ts";

const data = process.env.SLAM_DATA ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));

test.skipIf(!existsSync(data)).for([
  ["ring", "cgnr", 11.16310083],
  ["smallGrid3D", "cgnr", 458.1538],
  ["ring", "direct", 11.16310083],
  ["smallGrid3D", "direct", 458.1538],
] as const)("slam pgo reaches and writes the known optimum of %s by %s", async ([name, linear, optimum], context) => {
  const folder = temporaryFolder(context);

  const { code } = await slam(folder, "pgo", join(data, `pose-graphs/${name}.g2o`), "--linear", linear, "--out", "out.g2o", "--quiet");

  const reached = chi2(readG2o(readFileSync(join(folder, "out.g2o")), "out.g2o").graph);
  expect(code).toBe(0);
  // The known optima are known to 1e-6.
  expect(reached).toBeLessThanOrEqual(optimum * (1 + 1e-6));
});
