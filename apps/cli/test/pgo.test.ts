import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readTum, writeKitti } from "@slam/eval";
import { fp64, tolerance } from "@slam/float";
import { chi2, costs as costsOf, readG2o, readToro } from "@slam/pgo";
import { describe, expect, test } from "vitest";
import type { PgoReport } from "../src/report.ts";
import { lay, SQUARE, SQUARE_TRUTH } from "./graphs.ts";
import { parseReport } from "./parse-report.ts";
import { slam, temporaryFolder } from "./slam.ts";

describe.concurrent("slam pgo", () => {
  test("writes a graph that holds the optimum: read back, it has the same chi2", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });

    const { code } = await slam(folder, "pgo", "square.g2o", "--out", "out.g2o.gz", "--json", "report.json", "--report", "page.html");

    const report = parseReport(readFileSync(join(folder, "report.json"), "utf8"));
    const { graph } = readG2o(gunzipSync(readFileSync(join(folder, "out.g2o.gz"))), "out.g2o");
    expect(code).toBe(0);
    expect(report.termination).toBe("converged");
    expect(report.cost.final).toBeLessThan(report.cost.initial);
    expect(Math.abs(chi2(graph) - report.cost.final)).toBeLessThanOrEqual(tolerance(fp64, 12) * report.cost.final);
    expect(readdirSync(folder).sort()).toEqual(["out.g2o.gz", "page.html", "report.json", "square.g2o"]);
  });

  test("with --repair solves a file that is refused otherwise, and reports the repairs", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "self.g2o": `${SQUARE}EDGE_SE2 2 2 0 0 0 10 0 0 10 0 100\n` });

    const { code, stdout } = await slam(folder, "pgo", "self.g2o", "--repair", "--json", "report.json", "--report", "page.html");

    const report = parseReport(readFileSync(join(folder, "report.json"), "utf8"));
    expect(code).toBe(0);
    expect(stdout).toContain("repaired  1 self-edge\n");
    expect(readFileSync(join(folder, "page.html"), "utf8")).toContain("1 self-edge");
    expect(report.repairs).toEqual([{ rule: "self-edge", count: 1 }]);
  });

  test("prints with --json the report alone, and the tables on stderr", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });

    const { stdout, stderr } = await slam(folder, "pgo", "square.g2o", "--json");

    expect(parseReport(stdout).input).toEqual({ file: "square.g2o", poses: 4, edges: 4, landmarks: 0, factors: 0, unknown: [] });
    expect(stderr).toMatch(/^iteration 1: cost /);
    expect(stderr).toMatch(/precondition .*fp32/);
  });

  test("says on stdout what ran in which precision", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });

    const { stdout } = await slam(folder, "pgo", "square.g2o", "--policy", "naive", "--max-iterations", "1");

    for (const operation of ["update", "residual", "jacobian", "matvec", "factorize", "precondition", "vectors"]) {
      expect(stdout).toMatch(new RegExp(`${operation} +│ fp16/fp16 `));
    }
  });

  test("is silent with --quiet", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });

    expect(await slam(folder, "pgo", "square.g2o", "--quiet")).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("exits 4 where it does not converge, with the result written and the reason given", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });

    const { code, stderr } = await slam(
      ...[folder, "pgo", "square.g2o", "--init", "file", "--max-iterations", "1", "--quiet"],
      ...["--out", "out.g2o", "--json", "report.json"],
    );

    const report = parseReport(readFileSync(join(folder, "report.json"), "utf8"));
    const { graph } = readG2o(readFileSync(join(folder, "out.g2o")), "out.g2o");
    expect(code).toBe(4);
    expect(stderr).toMatch(/^slam: square\.g2o: not converged \(max-iterations\): .+\n$/);
    expect(report.termination).toBe("max-iterations");
    expect(report.cost.final).toBeLessThan(report.cost.initial);
    expect(Math.abs(chi2(graph) - report.cost.final)).toBeLessThanOrEqual(tolerance(fp64, 12) * report.cost.final);
  });

  test("adds the error against true poses, of any format, told by its content", async (context) => {
    const folder = temporaryFolder(context);
    const exact = SQUARE.replace("1 1.1 0 1.5\n", "1 1 0 1.5707963267948966\n")
      .replace("2 1.2 1.1 3.1\n", "2 1 1 3.141592653589793\n")
      .replace("3 0.1 1.2 -1.6\n", "3 0 1 -1.5707963267948966\n");
    const rows = [...writeKitti(readTum(Buffer.from(SQUARE_TRUTH)).poses)].join("");
    lay(folder, { "square.g2o": SQUARE, "truth.txt": SQUARE_TRUTH, "truth.g2o": exact, "rows.txt": rows });

    const [fromTum, fromG2o, fromRows] = await Promise.all(
      ["truth.txt", "truth.g2o", "rows.txt"].map(
        async (truth) => parseReport((await slam(folder, "pgo", "square.g2o", "--truth", truth, "--json")).stdout).ate,
      ),
    );

    expect(fromTum).toMatchObject({ pairs: 4 });
    expect(fromTum?.rmse).toBeGreaterThan(0);
    expect(fromTum?.rmse).toBeLessThan(0.1);
    for (const other of [fromG2o, fromRows]) expect(Math.abs(other!.rmse - fromTum!.rmse)).toBeLessThanOrEqual(tolerance(fp64, 4, 16));
  });

  test("takes a policy with a float of one's own", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE, "mine.json": '{ "name": "mine", "precondition": { "exponentBits": 5, "significandBits": 7 } }' });

    const { code, stdout } = await slam(folder, "pgo", "square.g2o", "--policy", "mine.json", "--json");

    const { policy, work } = parseReport(stdout);
    expect(code).toBe(0);
    expect(policy).toMatchObject({ name: "mine", precondition: "e5p7", matvec: "fp32" });
    expect(Object.keys(work.bytes.precondition!)).toEqual(["fp32", "e5p7"]);
  });

  test("does what the solver's flags say", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });
    const linearOf = async (...flags: string[]): Promise<PgoReport["linear"]> =>
      parseReport((await slam(folder, "pgo", "square.g2o", "--init", "file", "--json", "-", "--quiet", ...flags)).stdout).linear;

    expect((await linearOf("--preconditioner", "none")).preconditioner).toBe("none");
    expect((await linearOf("--preconditioner", "jacobi", "--linear", "cgnr")).preconditioner).toBe("jacobi");
    expect((await linearOf("--fill", "0", "--method", "gn")).preconditioner).toBe("ichol no-fill");
    expect((await linearOf("--fill", "2")).preconditioner).toBe("ichol fill 2");
    expect((await linearOf("--drop", "0.01")).preconditioner).toBe("ichol drop 0.01");
    expect(await linearOf("--linear", "direct")).toMatchObject({ solver: "direct", preconditioner: "none" });
    expect((await linearOf("--refresh", "static", "--fill", "complete")).factorizations).toBe(1);
    expect((await linearOf("--refresh", "always", "--eta", "1e-3", "--ftol", "1e-12")).factorizations).toBeGreaterThan(1);
  });

  test("names the method, and starts from random poses of a seed", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });
    const reportOf = async (...flags: string[]): Promise<PgoReport> =>
      parseReport((await slam(folder, "pgo", "square.g2o", "--json", "--quiet", ...flags)).stdout);

    const optimum = await reportOf();
    const [seeded, again, other] = [
      await reportOf("--method", "dogleg", "--init", "random", "--seed", "3"),
      await reportOf("--method", "dogleg", "--init", "random", "--seed", "3"),
      await reportOf("--init", "random"),
    ];

    expect([optimum.method, seeded.method]).toEqual(["lm", "dogleg"]);
    expect(seeded.cost).toEqual(again.cost);
    expect(seeded.cost.afterInit).not.toBe(other.cost.afterInit);
    for (const { termination, cost } of [seeded, other]) {
      expect(termination).toBe("converged");
      expect(cost.final).toBeGreaterThanOrEqual(optimum.cost.final * (1 - 1e-6));
    }
  });

  test.for(["fp64", "fp32", "mixed"])("solves directly in %s, to the optimum, a factorisation a step", async (policy, context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });
    const reportOf = async (linear: string): Promise<PgoReport> =>
      parseReport((await slam(folder, "pgo", "square.g2o", "--policy", policy, "--linear", linear, "--json", "--quiet")).stdout);

    const [direct, iterative] = [await reportOf("direct"), await reportOf("cgnr")];

    expect([direct.termination, direct.linear.factorizations]).toEqual(["converged", direct.iterations.length]);
    expect(Math.abs(direct.cost.final / iterative.cost.final - 1)).toBeLessThan(1e-6);
    expect(direct.linear.cgIterations).toBeLessThanOrEqual(iterative.linear.cgIterations);
  });

  test.for([
    ["ceres", "Ceres sum"],
    ["gtsam", "GTSAM error = 1/2"],
  ] as const)("minimises and reports the cost of --cost %s by its convention", async ([name, convention], context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });
    const flags = ["--cost", name, "--costs", "--json", "report.json", "--report", "page.html", "--out", "out.g2o"];

    const { code, stdout } = await slam(folder, "pgo", "square.g2o", ...flags);

    const { cost, costs } = parseReport(readFileSync(join(folder, "report.json"), "utf8"));
    const { graph } = readG2o(readFileSync(join(folder, "out.g2o")), "out.g2o");
    expect(code).toBe(0);
    expect(cost.convention).toContain(convention);
    expect(costs).toEqual(costsOf(graph));
    expect(Math.abs(costs![name] - cost.final)).toBeLessThanOrEqual(tolerance(fp64, 12) * cost.final);
    expect(stdout).toContain(`: ${cost.convention}\nas        g2o `);
    const page = readFileSync(join(folder, "page.html"), "utf8");
    expect(page).toContain(convention);
    expect(page).toContain("at the end, by convention");
  });

  test("reports no other costs unless asked", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });

    const { stdout, stderr } = await slam(folder, "pgo", "square.g2o", "--json");

    expect(parseReport(stdout)).not.toHaveProperty("costs");
    expect(stderr).not.toContain("\nas  ");
  });

  test("refuses --costs before the solve where a convention has none: --cost sesync alone does with it", async (context) => {
    const folder = temporaryFolder(context);
    // What couples x and the angle is more than they weigh.
    lay(folder, { "coupled.g2o": SQUARE.replace("1.5 10 0 0 10 0 100\nEDGE_SE2 1", "1.5 10 0 50 10 0 100\nEDGE_SE2 1") });

    const alone = await slam(folder, "pgo", "coupled.g2o", "--cost", "sesync", "--quiet");
    const compared = await slam(folder, "pgo", "coupled.g2o", "--cost", "sesync", "--costs");

    expect(alone.code).toBe(0);
    expect(compared).toMatchObject({ code: 3, stdout: "" });
    expect(compared.stderr).toMatch(/^slam: .*information of the edge 0 -> 1 is "indefinite"/);
  });

  test("holds the poses of --fix where they are", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });

    await slam(folder, "pgo", "square.g2o", "--fix", "1,2", "--out", "out.g2o");

    const { poses } = readG2o(readFileSync(join(folder, "out.g2o")), "out.g2o").graph;
    expect([...poses.slice(3, 9)]).toEqual([1.1, 0, 1.5, 1.2, 1.1, 3.1]);
    expect([...poses.slice(0, 2)]).not.toEqual([0, 0]);
  });

  test("gives medians over the solves of --repeat, and the first by itself", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });

    const { stdout, stderr } = await slam(folder, "pgo", "square.g2o", "--repeat", "3", "--json");

    const { seconds } = parseReport(stdout);
    expect(seconds.cold).toBeGreaterThan(seconds.solve);
    expect(stderr).toContain("solve 3, iteration 1: ");
  });

  test("warns of lines it does not know, and reports them", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": `${SQUARE}EDGE_SE2_LOTSOFXY 0 0 0 0 1 0 0 1 0 1\nEDGE_SE2_LOTSOFXY 1 0 0 0 1 0 0 1 0 1\n` });

    const { stdout, stderr } = await slam(folder, "pgo", "square.g2o", "--json", "--quiet");

    expect(parseReport(stdout).input.unknown).toEqual([{ tag: "EDGE_SE2_LOTSOFXY", count: 2, firstLine: 9 }]);
    expect(stderr).toBe("slam: warning: square.g2o:9: EDGE_SE2_LOTSOFXY is not known; 2 such lines are not used\n");
  });

  test("draws a page that needs nothing from elsewhere", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });

    await slam(folder, "pgo", "square.g2o", "--report", "page.html");

    const page = readFileSync(join(folder, "page.html"), "utf8");
    expect(page.match(/<svg /g)).toHaveLength(3);
    expect(page).toContain("Where time and flops went");
    expect(page).not.toMatch(/<script|<link|src=|@import|url\(/);
    expect(page).toContain("as in the file");
    expect(page).toContain("after (converged)");
  });

  test("writes by the result's name: TORO and TUM", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });

    await slam(folder, "pgo", "square.g2o", "--out", "out.graph");
    await slam(folder, "pgo", "square.g2o", "--out", "out.tum");

    const { graph } = readToro(readFileSync(join(folder, "out.graph")), "out.graph");
    const { timestamps, poses } = readTum(readFileSync(join(folder, "out.tum")), "out.tum");
    expect([...timestamps]).toEqual([0, 1, 2, 3]);
    expect([poses[7], poses[8]]).toEqual([graph.poses[3], graph.poses[4]]);
  });

  test("leaves devices where they are", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });

    const { code, stdout } = await slam(folder, "pgo", "square.g2o", "--quiet", "--json", "-", "--report", "/dev/null");

    expect(code).toBe(0);
    parseReport(stdout);
    expect(readFileSync("/dev/null", "utf8")).toBe("");
  });
});
