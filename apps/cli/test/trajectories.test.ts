import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import schema from "../schema/trajectory-error.schema.json" with { type: "json" };
import type { TrajectoryErrorReport } from "../src/trajectory-error.ts";
import { slam, temporaryFolder } from "./slam.ts";

const validate: ValidateFunction = new Ajv2020({ strict: true }).compile(schema);

/** A report that is as its schema says. */
function parseErrors(text: string): TrajectoryErrorReport {
  const report: unknown = JSON.parse(text);
  validate(report);
  expect(validate.errors).toBe(null);
  return report as TrajectoryErrorReport;
}

/** A folder with a square driven in 3 s, an estimate 3 m and 4 m beside it that turns by a quarter too much at last, and itself as KITTI's. */
function lay(context: Parameters<typeof temporaryFolder>[0]): string {
  const folder = temporaryFolder(context);
  const half = Math.sqrt(0.5);
  writeFileSync(join(folder, "truth.txt"), "0 0 0 0 0 0 0 1\n1 1 0 0 0 0 0 1\n2 1 1 0 0 0 0 1\n3 0 1 0 0 0 0 1\n");
  writeFileSync(
    join(folder, "run.txt"),
    `0.005 3 4 0 0 0 0 1\n1 4 4 0 0 0 0 1\n2 4 5 0 0 0 0 1\n3 3 5 0 0 0 ${half} ${half}\n9 0 0 0 0 0 0 1\n`,
  );
  writeFileSync(join(folder, "frames.txt"), "1 0 0 0 0 1 0 0 0 0 1 0\n1 0 0 1 0 1 0 0 0 0 1 0\n");
  return folder;
}

test.for(["ape", "rpe"] as const)(
  "%s --report draws a page with both trajectories, each error and the numbers",
  async (command, context) => {
    const folder = lay(context);

    const { code, stdout } = await slam(folder, command, "truth.txt", "run.txt", "--align", "--report", "page.html");

    const page = readFileSync(join(folder, "page.html"), "utf8");
    expect(code).toBe(0);
    expect(page.split("<svg").length - 1).toBe(2);
    expect(page).toContain("dashed the reference truth.txt");
    // Every number that is printed, in the same digits.
    const rows = stdout.trimEnd().split("\n").slice(1);
    expect(rows.length).toBe(7);
    for (const [name, value] of rows.map((row) => row.split(/ +/))) expect(page).toContain(`<td>${name}</td>\n<td>${value}</td>`);
  },
);

describe.concurrent("slam ape", () => {
  test("pairs by time, and reports what evo prints", async (context) => {
    const folder = lay(context);

    const { code, stdout } = await slam(folder, "ape", "truth.txt", "run.txt", "--json");

    expect(code).toBe(0);
    expect(parseErrors(stdout)).toMatchObject({
      command: "ape",
      input: { reference: { file: "truth.txt", format: "tum", poses: 4 }, estimate: { poses: 5 } },
      ...{ pairs: 4, rmse: 5, mean: 5, median: 5, std: 0, min: 5, max: 5, sse: 100 },
      ...{ poseRelation: "trans_part", unit: "m", alignment: [], percentiles: { "95": 5 } },
    });
  });

  test("aligns, says by what, and writes each error", async (context) => {
    const folder = lay(context);

    const { code, stdout } = await slam(
      folder,
      "ape",
      "truth.txt",
      "run.txt",
      "--align_origin",
      "--pose_relation",
      "angle_deg",
      "--out",
      "e.csv",
    );

    expect(code).toBe(0);
    expect(stdout).toMatch(/^ape angle_deg \(deg\), 4 pairs, aligned: origin\nmax {5}90\.0/);
    expect(readFileSync(join(folder, "e.csv"), "utf8")).toMatch(/^timestamp,error\n0\.005,0\n1,0\n2,0\n3,90(\.0+\d+)?\n$/);
  });

  test.for([
    [["--align"], ["se3"]],
    [["--align", "--correct_scale"], ["sim3"]],
    [
      ["--correct_scale", "--align_origin"],
      ["scale", "origin"],
    ],
  ])("%o moves the estimate by %o", async ([flags, methods], context) => {
    const folder = lay(context);
    writeFileSync(join(folder, "half.txt"), "0 0 0 0 0 0 0 1\n1 .5 0 0 0 0 0 1\n2 .5 .5 0 0 0 0 1\n3 0 .5 0 0 0 0 1\n");

    const { stdout } = await slam(folder, "ape", "truth.txt", "half.txt", ...flags!, "--json");

    const { alignment, rmse } = parseErrors(stdout);
    expect(alignment.map(({ method }) => method)).toEqual(methods);
    // A rigid motion leaves each corner of the half square sqrt(1/8) from the whole one's.
    expect(rmse).toBeCloseTo(methods![0] === "se3" ? Math.sqrt(1 / 8) : 0, 12);
  });

  test("allows no more time between poses than --t_max_diff", async (context) => {
    const folder = lay(context);

    const { stdout } = await slam(folder, "ape", "truth.txt", "run.txt", "--t_max_diff", "0.001", "--json");

    expect(parseErrors(stdout).pairs).toBe(3);
  });

  test("refuses rows that do not pair, and files that are none", async (context) => {
    const folder = lay(context);

    const rows = await slam(folder, "ape", "truth.txt", "frames.txt");
    const late = await slam(folder, "ape", "frames.txt", "missing.txt");

    expect([rows.code, late.code]).toEqual([3, 3]);
    expect(rows.stderr).toBe("slam: frames.txt: has 2 poses, and truth.txt 4; without times in both, row goes with row\n");
    expect(late.stderr).toBe("slam: missing.txt: no such file\n");
  });
});

describe.concurrent("slam rpe", () => {
  test("compares motions, by frames unless told otherwise", async (context) => {
    const folder = lay(context);

    const { code, stdout } = await slam(folder, "rpe", "truth.txt", "run.txt", "--pose_relation", "angle_deg", "--json");

    const report = parseErrors(stdout);
    expect(code).toBe(0);
    expect(report).toMatchObject({ command: "rpe", pairs: 3, min: 0, median: 0, delta: { value: 1, unit: "f", allPairs: false } });
    expect(report.max).toBeCloseTo(90, 12);
  });

  test("takes pairs by metres, all of them if asked", async (context) => {
    const folder = lay(context);

    const { stdout } = await slam(
      folder,
      "rpe",
      "truth.txt",
      "run.txt",
      "--delta",
      "2",
      "--delta_unit",
      "m",
      "--all_pairs",
      "--out",
      "e.csv",
    );

    expect(stdout).toContain("rpe trans_part (m) over 2 m, all pairs, 2 pairs, not aligned\n");
    expect(readFileSync(join(folder, "e.csv"), "utf8")).toBe("from,to,error\n0.005,2,0\n1,3,0\n");
  });

  test("says where no pairs are, and what delta may be", async (context) => {
    const folder = lay(context);

    const far = await slam(folder, "rpe", "truth.txt", "run.txt", "--delta", "99");
    const part = await slam(folder, "rpe", "truth.txt", "run.txt", "--delta", "0.5");
    const wide = await slam(folder, "rpe", "truth.txt", "run.txt", "--delta", "200", "--delta_unit", "d");

    expect([far.code, part.code, wide.code]).toEqual([3, 2, 2]);
    expect(far.stderr).toBe("slam: run.txt: no two poses are 99 f apart; try a smaller --delta\n");
    expect(part.stderr).toBe("slam: --delta 0.5: of frames it is an integer >= 1\n");
    expect(wide.stderr).toBe("slam: --delta 200: of unit d it is at most 180\n");
  });
});

describe.concurrent("slam convert", () => {
  test("takes a trajectory there and back", async (context) => {
    const folder = lay(context);

    await slam(folder, "convert", "truth.txt", "truth.csv");
    await slam(folder, "convert", "truth.csv", "truth.kitti");
    const { code, stdout } = await slam(folder, "convert", "truth.csv", "back.tum.gz");
    const same = await slam(folder, "ape", "truth.txt", "back.tum.gz", "--pose_relation", "full", "--json");

    expect([code, stdout]).toEqual([0, "back.tum.gz: 4 poses\n"]);
    expect(parseErrors(same.stdout)).toMatchObject({ pairs: 4, max: 0 });
    expect(readFileSync(join(folder, "truth.kitti"), "utf8")).toMatch(/^1 0 0 0 0 1 0 0 0 0 1 0\n1 0 0 1 /);
  });

  test("refuses frames where times are needed", async (context) => {
    const folder = lay(context);

    const { code, stderr } = await slam(folder, "convert", "frames.txt", "frames.tum");

    expect(code).toBe(3);
    expect(stderr).toMatch(/^slam: frames.tum: .*no times/);
  });
});

const data = join(process.env.SLAM_DATA ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url)), "trajectories/evo");

test.skipIf(!existsSync(data))("slam ape gives evo's numbers of freiburg1_xyz", async (context) => {
  const files = ["groundtruth", "rgbdslam"].map((name) => join(data, `freiburg1_xyz-${name}.txt`));

  const { stdout } = await slam(temporaryFolder(context), "ape", ...files, "--align", "--json");

  const { pairs, rmse } = parseErrors(stdout);
  expect([pairs, rmse.toFixed(10)]).toEqual([785, "0.0134700888"]);
});
