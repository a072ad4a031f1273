import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Bundle, readBal, readColmap } from "@slam/ba";
import { expect, test } from "vitest";
import { bundleChart } from "../src/bundle-chart.ts";
import { balText, colmapTexts, stereoTexts } from "./bundles.ts";
import { lay } from "./graphs.ts";
import { parseBaReport } from "./parse-report.ts";
import { slam, temporaryFolder } from "./slam.ts";

const bal = (away: number): Bundle => readBal(Buffer.from(balText(away)), "problem");

/** Where marks of a colour are on paper: x to the right, y up. */
function marks(svg: string, color: string): { readonly x: number; readonly y: number }[] {
  const found = [...svg.matchAll(/<path [^>]*transform="translate\(([-\d.]+),([-\d.]+)\)"[^>]*fill="(#[0-9a-f]+)"/g)];
  return found.filter(([, , , fill]) => fill === color).map(([, x, y]) => ({ x: Number(x), y: -Number(y) }));
}

test.each([
  ["that look along -z", bal(0)],
  ["that look along z", colmapBundle()],
] as const)("from above, cameras %s stand in a row and points lie ahead of them", async (_, bundle) => {
  const svg = await bundleChart([{ title: "here", bundle }]);

  const cameras = marks(svg, "#c2410c");
  const points = marks(svg, "#94a3b8");
  expect(svg).toContain(">here<");
  expect([cameras.length, points.length]).toEqual([3, 5]);
  expect(cameras[0]!.x).toBeLessThan(cameras[1]!.x);
  expect(cameras[1]!.x).toBeLessThan(cameras[2]!.x);
  expect(Math.max(...cameras.map(({ y }) => y)) - Math.min(...cameras.map(({ y }) => y))).toBeLessThan(1);
  // They are 4, 5, 4.5, 5.5 and 6 m away.
  const order = [0, 2, 1, 3, 4].map((k) => points[k]!.y);
  expect([...order].sort((a, b) => a - b)).toEqual(order);
  expect(points[0]!.y).toBeGreaterThan(cameras[0]!.y);
});

test("a bundle of one spot has a picture too, and one without anything", async () => {
  const bundle = bal(0);
  const spot = { ...bundle, poses: bundle.poses.map((x, k) => (k % 7 < 3 ? 0 : x)), points: new Float64Array(15) };
  const none = {
    ...bundle,
    poses: new Float64Array(0),
    intrinsicsOf: new Int32Array(0),
    intrinsics: new Float64Array(0),
    points: new Float64Array(0),
  };

  for (const of of [spot, none]) expect(await bundleChart([{ title: "spot", bundle: of }])).not.toMatch(/NaN|Infinity|undefined/);
});

test("a page has the pictures, the convergence and the numbers", async (context) => {
  const folder = temporaryFolder(context);
  lay(folder, { "problem.txt": balText(0.1) });

  const { code } = await slam(
    folder,
    "ba",
    "problem.txt",
    "--fix",
    "0,2",
    "--fix-intrinsics",
    "--covariance",
    "point:1",
    "--report",
    "page.html",
    "--quiet",
  );

  const page = readFileSync(join(folder, "page.html"), "utf8");
  expect(code).toBe(0);
  expect(page).toContain("<h1>problem.txt: converged</h1>");
  expect(page.match(/<svg/g)).toHaveLength(3);
  for (const text of ["as in the file", "after (converged)", "standard deviations of point 1", "linear solver, why", "1/2 sum r^2"]) {
    expect(page).toContain(text);
  }
  expect(page).not.toMatch(/(src|href)="http/);
});

test("a window solves a stereo problem camera by camera, and says what it did", async (context) => {
  const folder = temporaryFolder(context);
  lay(folder, stereoTexts(0.1));
  const flags = ["--window", "2", "--loss", "huber", "--json", "report.json", "--report", "page.html", "--out", "VO_stereo_factors8.txt"];

  const { code, stdout, stderr } = await slam(folder, "ba", "VO_stereo_factors7.txt", ...flags);

  const report = parseBaReport(readFileSync(join(folder, "report.json"), "utf8"));
  expect(code).toBe(0);
  expect(report).toMatchObject({ termination: "converged", linear: { solver: "schur-dense" }, loss: { name: "huber" } });
  expect(report.window).toMatchObject({ size: 2, keyFrames: 3, converged: 3, dropped: { keyFrames: 1 } });
  expect(report.iterations).toHaveLength(3);
  expect(report.cost.final).toBeLessThan(0.01 * report.cost.initial);
  expect(stdout).toMatch(/^window {4}of 2: 3 key frames, 3 converged; \d+ landmarks? in the prior/m);
  expect(stderr).toMatch(/^iteration 3: cost /m);
  const page = readFileSync(join(folder, "page.html"), "utf8");
  expect(page).toContain("<h2>Key frames</h2>");
  expect(page).not.toContain("Convergence");
  expect(existsSync(join(folder, "VO_camera_poses8.txt"))).toBe(true);
});

test("a window solves a model of COLMAP by conjugate gradients, too", async (context) => {
  const folder = temporaryFolder(context);
  lay(folder, colmapTexts(0.01));

  const { stdout } = await slam(folder, "ba", ".", "--window", "3", "--linear", "schur-cg", "--policy", "fp32", "--json", "--quiet");

  const { linear, window, termination, cost } = parseBaReport(stdout);
  expect([linear.solver, window?.keyFrames, termination]).toEqual(["schur-cg", 3, "converged"]);
  expect(cost.final).toBeLessThan(cost.initial);
});

test("what does not go with a window is said before anything is read, and what it cannot solve after", async (context) => {
  const folder = temporaryFolder(context);
  lay(folder, { "problem.txt": balText(0.1), ...stereoTexts(0.1) });
  const refused = async (...flags: readonly string[]): Promise<string> => {
    const { code, stderr } = await slam(folder, "ba", "VO_stereo_factors7.txt", "--window", "2", "--quiet", ...flags);
    return `${code} ${stderr}`;
  };

  const bal = await slam(folder, "ba", "problem.txt", "--window", "2", "--quiet");

  expect({ code: bal.code, stderr: bal.stderr }).toEqual({
    code: 3,
    stderr: "slam: problem.txt: a window: sets of intrinsics is 3, expected 1, which all cameras share\n",
  });
  expect(await refused("--fix", "10")).toBe("2 slam: --fix does not go with --window\n");
  expect(await refused("--covariance", "cam:10")).toBe("2 slam: --covariance does not go with --window\n");
  expect(await refused("--landmarks", "inverse-depth")).toBe("2 slam: --landmarks does not go with --window\n");
  expect(await refused("--method", "dogleg")).toBe("2 slam: --window goes with --method lm, not dogleg\n");
});

test("a time budget ends a solve with what it has, and says so", async (context) => {
  const folder = temporaryFolder(context);
  lay(folder, { "problem.txt": balText(0.1) });

  const { code, stdout, stderr } = await slam(folder, "ba", "problem.txt", "--time-budget", "0", "--json", "--quiet");
  const enough = await slam(folder, "ba", "problem.txt", "--time-budget", "60000", "--json", "--quiet");

  const { termination, cost, iterations } = parseBaReport(stdout);
  expect({ code, termination, iterations }).toEqual({ code: 4, termination: "time-budget", iterations: [] });
  expect(cost.final).toBe(cost.initial);
  expect(stderr).toMatch(/^slam: problem\.txt: not converged \(time-budget\): .*the budget is 0 ms\n$/);
  expect(parseBaReport(enough.stdout).termination).toBe("converged");
});

function colmapBundle(): Bundle {
  const texts = colmapTexts(0);
  const bytes = (name: string): Buffer => Buffer.from(texts[name]!);
  const files = { cameras: bytes("cameras.txt"), images: bytes("images.txt"), points: bytes("points3D.txt") };
  return readColmap(files, { cameras: "cameras", images: "images", points: "points" }).bundle;
}
