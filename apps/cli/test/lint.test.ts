import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { lay, SQUARE } from "./graphs.ts";
import { slam, temporaryFolder } from "./slam.ts";

/** The square with a copy of its last edge, an edge from a pose to itself, and a tag of its own. */
const FLAWED = `${SQUARE}EDGE_SE2 3 0 0.9 0 1.6 10 0 0 10 0 100
EDGE_SE2 2 2 0 0 0 10 0 0 10 0 100
CAMERA 1 2 3
`;
const REPAIRED = FLAWED.replace("EDGE_SE2 2 2", "# slam lint: self-edge: EDGE_SE2 2 2");

interface LintJson {
  readonly input: object;
  readonly rules: readonly { readonly rule: string; readonly count: number; readonly repaired: number }[];
  readonly findings: readonly object[];
}

describe.concurrent("slam lint", () => {
  test("a clean file exits 0", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });

    const { code, stdout } = await slam(folder, "lint", "square.g2o");

    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: "square.g2o: g2o, 8 lines, 4 vertices, 4 edges\n0 errors, 0 warnings, 0 notes\n",
    });
  });

  test("landmarks are counted, and measurements of those that the file does not have are repaired", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "seen.g2o": `${SQUARE}VERTEX_XY 8 1 1\nEDGE_SE2_XY 0 8 1 1 4 0 4\nEDGE_SE2_XY 0 9 1 2 4 0 4\n` });

    const { stdout } = await slam(folder, "lint", "seen.g2o", "--repair", "--out", "out.g2o");

    expect(stdout).toContain(
      "seen.g2o: g2o, 11 lines, 4 vertices, 4 edges, 2 landmarks, 2 factors\nerror missing-vertex: 1 time, line 11\n",
    );
    expect((await slam(folder, "pgo", "out.g2o", "--quiet")).code).toBe(0);
  });

  test("errors exit 3; each rule is shown with its lines, why it matters and what the repair does", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "flawed.g2o": FLAWED });

    const { code, stdout } = await slam(folder, "lint", "flawed.g2o");

    expect(code).toBe(3);
    expect(stdout).toContain("error self-edge: 1 time, line 10\n  10: EDGE_SE2 goes from 2 to itself\n  why: ");
    expect(stdout).toContain("\n  repair: keeps the line as a comment\nwarning identical-edge: 1 time, line 9\n");
    expect(stdout).toContain("\n1 error, 1 warning, 1 note; 1 can be repaired by --repair --out FILE\n");
    expect(readdirSync(folder)).toEqual(["flawed.g2o"]);
  });

  test("warnings and notes exit 0", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "repaired.g2o": REPAIRED });

    expect((await slam(folder, "lint", "repaired.g2o")).code).toBe(0);
  });

  test("--repair writes the file and exits 0 where no error is left", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "flawed.g2o": FLAWED });

    const { code, stdout } = await slam(folder, "lint", "flawed.g2o", "--repair", "--out", "out.g2o.gz");

    expect(code).toBe(0);
    expect(stdout).toContain("; 1 repaired in out.g2o.gz\n");
    expect(gunzipSync(readFileSync(join(folder, "out.g2o.gz"))).toString()).toBe(REPAIRED);
  });

  test("the file may be repaired in place", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "flawed.g2o": FLAWED });

    await slam(folder, "lint", "flawed.g2o", "--repair", "--out", "flawed.g2o", "--quiet");

    expect(readFileSync(join(folder, "flawed.g2o"), "utf8")).toBe(REPAIRED);
  });

  test("an error without a repair exits 3, and the rest is repaired all the same", async (context) => {
    const folder = temporaryFolder(context);
    const turned = SQUARE.replaceAll(/ (1\.5|1\.6) 10 /g, " 90 10 ").replaceAll(/^(VERTEX_SE2) (\d) .*/gm, "");
    lay(folder, { "turned.g2o": `${turned}EDGE_SE2 2 2 0 0 0 10 0 0 10 0 100\n` });

    const { code, stdout } = await slam(folder, "lint", "turned.g2o", "--repair", "--out", "out.g2o");

    expect(code).toBe(3);
    expect(stdout).toContain("error angles-in-degrees: 1 time, line 5\n");
    expect(stdout).toContain("\n  try: multiply angles by pi/180");
    expect(readFileSync(join(folder, "out.g2o"), "utf8")).toContain("# slam lint: self-edge: ");
  });

  test("prints with --json nothing but JSON, with every finding", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "flawed.g2o": FLAWED });

    const { stdout } = await slam(folder, "lint", "flawed.g2o", "--repair", "--out", "out.g2o", "--json", "--quiet");

    const { input, rules, findings } = JSON.parse(stdout) as LintJson;
    expect(input).toEqual({ file: "flawed.g2o", format: "g2o", lines: 11, vertices: 4, edges: 5, landmarks: 0, factors: 0 });
    expect(rules.map(({ rule, count, repaired }) => [rule, count, repaired])).toEqual([
      ["self-edge", 1, 1],
      ["identical-edge", 1, 0],
      ["unknown-tag", 1, 0],
    ]);
    expect(findings).toMatchObject([
      { rule: "identical-edge", severity: "warning", line: 9 },
      { rule: "self-edge", severity: "error", line: 10, repair: "keeps the line as a comment" },
      { rule: "unknown-tag", severity: "note", line: 11 },
    ]);
  });

  test("reads TORO where the name says so", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "toro.graph": "EDGE2 0 1 1 0 0 4 1 0.5 5 0.25 9\n" });

    await slam(folder, "lint", "toro.graph", "--repair", "--out", "out.toro");

    expect(readFileSync(join(folder, "out.toro"), "utf8")).toBe("EDGE2 0 1 1 0 0 4 1 5 9 0.5 0.25\n");
  });
});

test("slam pgo --repair warns of errors without a repair", async (context) => {
  const folder = temporaryFolder(context);
  lay(folder, { "words.g2o": "this is\nno graph\n" });

  const { code, stderr } = await slam(folder, "pgo", "words.g2o", "--repair");

  expect(code).toBe(3);
  expect(stderr).toMatch(
    /^slam: warning: words\.g2o:1: no-records \(1\), not repaired: .*; try: .*\nslam: words\.g2o:1: expected a line with/,
  );
});
