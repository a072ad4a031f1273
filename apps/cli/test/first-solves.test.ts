import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stereoFiles, writeBal, writeStereo } from "@slam/ba";
import { writeTum } from "@slam/eval";
import { writeG2o } from "@slam/pgo";
import { apartment, sphere } from "@slam/sim";
import { expect, test } from "vitest";
import { SCENES } from "../src/scenes.ts";
import { graphOf } from "../src/worlds.ts";
import { countingModules, finish, launch, temporaryFolder } from "./slam.ts";

const STEREO = "VO_stereo_factors1.txt";

/** Inputs unlike those that the build records its modules of. */
async function lay(folder: string): Promise<void> {
  const write = (name: string, chunks: Iterable<string | Uint8Array>): Promise<void> => writeFile(join(folder, name), chunks);
  const small = { poses: 20, points: 300, sigma: 0.5, outliers: 0, seed: 5 };
  const bundle = SCENES.street!.make(small);
  const [cameraIds, landmarkIds] = [bundle.poses.length / 7, bundle.points.length / 3].map((n) => Array.from({ length: n }, (_, k) => k));
  const stereo = writeStereo({ bundle, cameraIds: cameraIds!, landmarkIds: landmarkIds! });
  for (const kind of ["factors", "poses", "calibration"] as const) await write(stereoFiles(STEREO)![kind], stereo[kind]);
  await write("photos.txt", writeBal(SCENES.photos!.make(small)));
  await write("motion.tum", writeTum(apartment({ length: 45, rate: 2, seed: 1 })));
  await write("sphere.g2o", writeG2o(graphOf(sphere({ poses: 60, seed: 3 }))));
  await write("fp16.json", [JSON.stringify({ preset: "mixed", matvec: "fp16" })]);
}

test.for(
  [
    ["pgo", "sphere.g2o"],
    ["ba", "photos.txt", "--linear", "cgnr"],
    ["ba", "photos.txt", "--linear", "cgnr", "--policy", "fp16.json"],
    ["ba", "photos.txt", "--linear", "schur-cg"],
    ["ba", "photos.txt", "--linear", "schur-cg", "--policy", "fp16.json", "--preconditioner", "jacobi"],
    ["ba", "photos.txt", "--linear", "schur-direct"],
    ["ba", "photos.txt", "--linear", "schur-cg", "--policy", "fp64", "--landmarks", "inverse-depth"],
    ["ba", STEREO],
    ["ba", STEREO, "--window", "5"],
    ["odometry", STEREO],
    ["odometry", STEREO, "--linear", "schur-dense", "--policy", "fp64"],
    ["odometry", "motion.tum", "--rate", "2", "--window", "5"],
    ["odometry", "motion.tum", "--rate", "2", "--window", "4", "--linear", "schur-cg", "--policy", "fp16.json"],
  ].map((args) => ({ args, line: args.join(" ") })),
)("a first `slam $line` emits no module: all that it compiles were shipped", async ({ args }, context) => {
  const folder = temporaryFolder(context);
  await lay(folder);
  const modules = join(folder, "modules");

  const { code, stderr } = await finish(launch("main", [...args, "--json", "report.json"], folder, countingModules(modules)));

  expect([0, 4], stderr).toContain(code);
  expect(readFileSync(modules, "utf8")).toMatch(/^s{5,}$/);
});
