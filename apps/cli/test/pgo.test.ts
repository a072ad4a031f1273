import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readTum } from "@slam/eval";
import { fp64, tolerance } from "@slam/float";
import { chi2, readG2o, readToro } from "@slam/pgo";
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

  test("prints with --json the report alone, and the tables on stderr", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });

    const { stdout, stderr } = await slam(folder, "pgo", "square.g2o", "--json");

    expect(parseReport(stdout).input).toEqual({ file: "square.g2o", poses: 4, edges: 4, unknown: [] });
    expect(stderr).toMatch(/^iteration 1: chi2 /);
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

  test("adds the error against true poses, from TUM or g2o", async (context) => {
    const folder = temporaryFolder(context);
    const exact = SQUARE.replace("1 1.1 0 1.5\n", "1 1 0 1.5707963267948966\n")
      .replace("2 1.2 1.1 3.1\n", "2 1 1 3.141592653589793\n")
      .replace("3 0.1 1.2 -1.6\n", "3 0 1 -1.5707963267948966\n");
    lay(folder, { "square.g2o": SQUARE, "truth.tum": SQUARE_TRUTH, "truth.g2o": exact });

    const fromTum = parseReport((await slam(folder, "pgo", "square.g2o", "--truth", "truth.tum", "--json")).stdout).ate;
    const fromG2o = parseReport((await slam(folder, "pgo", "square.g2o", "--truth", "truth.g2o", "--json")).stdout).ate;

    expect(fromTum).toMatchObject({ pairs: 4 });
    expect(fromTum?.rmse).toBeGreaterThan(0);
    expect(fromTum?.rmse).toBeLessThan(0.1);
    expect(Math.abs(fromG2o!.rmse - fromTum!.rmse)).toBeLessThanOrEqual(tolerance(fp64, 4, 16));
  });

  test("takes a policy with a float of one's own", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE, "mine.json": '{ "name": "mine", "precondition": { "exponentBits": 5, "significandBits": 7 } }' });

    const { code, stdout } = await slam(folder, "pgo", "square.g2o", "--policy", "mine.json", "--json");

    const { policy, work } = parseReport(stdout);
    expect(code).toBe(0);
    expect(policy).toMatchObject({ name: "mine", precondition: "e5p7", matvec: "fp32" });
    expect(Object.keys(work.bytes.precondition!)).toEqual(["e5p7"]);
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
    lay(folder, { "square.g2o": `${SQUARE}EDGE_PRIOR_SE2 0 0 0 0 1 0 0 1 0 1\nEDGE_PRIOR_SE2 1 0 0 0 1 0 0 1 0 1\n` });

    const { stdout, stderr } = await slam(folder, "pgo", "square.g2o", "--json", "--quiet");

    expect(parseReport(stdout).input.unknown).toEqual([{ tag: "EDGE_PRIOR_SE2", count: 2, firstLine: 9 }]);
    expect(stderr).toBe("slam: warning: square.g2o:9: EDGE_PRIOR_SE2 is not known; 2 such lines are not used\n");
  });

  test("draws a page that needs nothing from elsewhere", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });

    await slam(folder, "pgo", "square.g2o", "--report", "page.html");

    const page = readFileSync(join(folder, "page.html"), "utf8");
    expect(page.match(/<svg /g)).toHaveLength(2);
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
