import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readG2o } from "@slam/pgo";
import { describe, expect, test } from "vitest";
import type { PgoReport } from "../src/report.ts";
import { lay, SQUARE } from "./graphs.ts";
import { parseReport } from "./parse-report.ts";
import { slam, temporaryFolder } from "./slam.ts";

describe.concurrent("slam generate --outliers", () => {
  test("adds false loops behind a world's edges, the same for the same seed, and says how many", async (context) => {
    const folder = temporaryFolder(context);
    const generate = (out: string, ...flags: readonly string[]): ReturnType<typeof slam> =>
      slam(folder, "generate", "manhattan", "--poses", "100", "--seed", "5", "--out", out, ...flags);

    await generate("clean.g2o");
    const { stdout } = await generate("spoiled.g2o", "--outliers", "0.5");
    await generate("again.g2o", "--outliers", "0.5");

    const [clean, spoiled, again] = ["clean.g2o", "spoiled.g2o", "again.g2o"].map((name) => readFileSync(join(folder, name), "utf8"));
    const loops = clean!.split("\n").filter((line) => /^EDGE/.test(line)).length - 99;
    expect(stdout).toBe(
      `spoiled.g2o: 100 poses, ${99 + loops + Math.round(loops / 2)} edges, the last ${Math.round(loops / 2)} of them false loops\n`,
    );
    expect(spoiled!.startsWith(clean!)).toBe(true);
    expect(again).toBe(spoiled);
  });

  test("keeps the edges and estimates of a graph in a file", async (context) => {
    const folder = temporaryFolder(context);
    await slam(folder, "generate", "ring", "--poses", "60", "--out", "own.g2o");

    const { code } = await slam(folder, "generate", "own.g2o", "--outliers", "1", "--seed", "2", "--out", "spoiled.g2o");

    const [own, spoiled] = ["own.g2o", "spoiled.g2o"].map((name) => readG2o(readFileSync(join(folder, name)), name).graph);
    const edges = own!.from.length;
    expect(code).toBe(0);
    expect(spoiled!.poses).toEqual(own!.poses);
    expect(spoiled!.from.subarray(0, edges)).toEqual(own!.from);
    expect(spoiled!.from.length).toBe(edges + (edges - 59));
  });

  test("exits 3 where a graph has no place for one", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });

    const { code, stderr } = await slam(folder, "generate", "square.g2o", "--outliers", "1", "--out", "a.g2o");

    expect(code).toBe(3);
    expect(stderr).toBe("slam: square.g2o: outliers: poses of the graph is 4, expected an integer >= 21\n");
  });
});

describe.concurrent("slam pgo --loss", () => {
  const solved = async (folder: string, ...flags: readonly string[]): Promise<PgoReport> =>
    parseReport((await slam(folder, "pgo", "spoiled.g2o", "--json", "--quiet", ...flags)).stdout);

  test("lists the edges it rejects, which are the false ones", async (context) => {
    const folder = temporaryFolder(context);
    await slam(folder, "generate", "ring", "--poses", "60", "--out", "own.g2o");
    await slam(folder, "generate", "own.g2o", "--outliers", "1", "--out", "spoiled.g2o");
    const { graph } = readG2o(readFileSync(join(folder, "spoiled.g2o")), "spoiled.g2o");
    const own = readG2o(readFileSync(join(folder, "own.g2o")), "own.g2o").graph.from.length;

    const { loss, cost, termination } = await solved(folder, "--loss", "gnc-tls");

    const added = Array.from(graph.from.keys()).slice(own);
    expect(termination).toBe("converged");
    expect(loss).toMatchObject({ name: "gnc-tls", on: "all" });
    expect(loss?.C).toBeCloseTo(3.3682, 4);
    expect(cost.convention).toBe("g2o chi2 = sum rho(e' W e), rho gnc-tls with C = 3.368 on all measurements");
    expect(loss?.rejected).toEqual(
      added.map((edge) => ({ edge, from: graph.ids[graph.from[edge]!], to: graph.ids[graph.to[edge]!], weight: 0 })),
    );
    expect(loss?.chi2).toBeGreaterThan(cost.final);
  });

  test("takes each loss, its C, and the edges it is on", async (context) => {
    const folder = temporaryFolder(context);
    await slam(folder, "generate", "ring", "--poses", "40", "--outliers", "1", "--out", "spoiled.g2o");

    for (const name of ["huber", "cauchy", "geman-mcclure", "tukey", "dcs", "switchable", "gnc-tls", "gnc-gm"]) {
      expect((await solved(folder, "--loss", `${name}:2.5`, "--loss-on", "loops")).loss).toMatchObject({ name, C: 2.5, on: "loops" });
    }
    const none = await solved(folder, "--loss", "none");
    expect([none.loss, none.cost.convention]).toEqual([undefined, "g2o chi2 = sum e' W e"]);
  });

  test("says on the terminal and on the page how many were rejected", async (context) => {
    const folder = temporaryFolder(context);
    await slam(folder, "generate", "ring", "--poses", "60", "--outliers", "1", "--out", "spoiled.g2o");

    const { stdout, stderr } = await slam(folder, "pgo", "spoiled.g2o", "--loss", "gnc-tls:4", "--report", "page.html");

    const line =
      /^loss +gnc-tls with C = 4 on all measurements: \d+ edges? rejected \(whitened norm beyond 4\), \d+ beyond C; chi2 of all measurements \d/m;
    expect(stdout).toMatch(line);
    expect(stdout).toMatch(/^cost /m);
    expect(stderr).toMatch(/^iteration 1: cost /);
    expect(readFileSync(join(folder, "page.html"), "utf8")).toContain("edges rejected (their weight)");
  });
});
