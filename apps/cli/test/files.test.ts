import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readEuroc, readKitti, readTum } from "@slam/eval";
import { readG2o } from "@slam/pgo";
import { describe, expect, test } from "vitest";
import { lay, SQUARE } from "./graphs.ts";
import { slam, temporaryFolder } from "./slam.ts";

describe.concurrent("slam convert", () => {
  test("there and back again, g2o to packed TORO to g2o, keeps every bit of a 2D graph with isotropic information", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });

    await slam(folder, "convert", "square.g2o", "square.graph.gz");
    const { code, stdout } = await slam(folder, "convert", "square.graph.gz", "again.g2o");

    expect({ code, stdout }).toEqual({ code: 0, stdout: "again.g2o: 4 poses, 4 edges\n" });
    expect(readG2o(readFileSync(join(folder, "again.g2o")), "").graph).toEqual(readG2o(Buffer.from(SQUARE), "").graph);
    expect(gunzipSync(readFileSync(join(folder, "square.graph.gz"))).toString()).toMatch(/^VERTEX2 0 0 0 0\n/);
  });

  test("takes the poses of a graph as a trajectory, or for a viewer", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });

    for (const target of ["square.kitti", "square.csv", "square.ply"]) {
      expect(await slam(folder, "convert", "square.g2o", target)).toMatchObject({ code: 0, stdout: `${target}: 4 poses, 4 edges\n` });
    }
    await slam(folder, "convert", "square.csv", "viewed.ply");

    const rows = readKitti(readFileSync(join(folder, "square.kitti")));
    expect([rows[7], rows[14], rows[15]]).toEqual([1.1, 1.2, 1.1]);
    expect(readEuroc(readFileSync(join(folder, "square.csv"))).timestamps).toEqual(Float64Array.of(0, 1, 2, 3));
    const ply = readFileSync(join(folder, "square.ply"), "utf8");
    expect(ply).toContain("element vertex 4\n");
    expect(ply).toContain("\n1.2 1.1 0 255 0 0\n");
    expect(readFileSync(join(folder, "viewed.ply"), "utf8")).toBe(ply);
  });

  test("a trajectory of a graph without poses is refused", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "edges.g2o": SQUARE.slice(SQUARE.indexOf("EDGE")) });

    const { code, stderr } = await slam(folder, "convert", "edges.g2o", "edges.tum");

    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: "slam: edges.tum: a trajectory needs poses, and the graph has edges only\n",
    });
    expect(readdirSync(folder)).toEqual(["edges.g2o"]);
  });
});

describe.concurrent("slam generate", () => {
  test.for(["sphere", "torus", "grid", "manhattan", "garage", "ring"])("makes a %s, with truth by id", async (world, context) => {
    const folder = temporaryFolder(context);

    const { code } = await slam(folder, "generate", world, "--poses", "40", "--out", "graph.g2o", "--truth", "truth.tum", "--quiet");

    const { graph } = readG2o(readFileSync(join(folder, "graph.g2o")), "graph.g2o");
    const truth = readTum(readFileSync(join(folder, "truth.tum")), "truth.tum");
    expect(code).toBe(0);
    expect(graph.ids).toEqual(truth.timestamps);
    expect(graph.ids).toHaveLength(40);
  });

  test("gives the same graph for the same seed, and another for another", async (context) => {
    const folder = temporaryFolder(context);
    const make = async (out: string, seed: string): Promise<string> => {
      await slam(folder, "generate", "ring", "--poses", "20", "--loops", "3", "--noise", "2", "--seed", seed, "--out", out);
      return readFileSync(join(folder, out), "utf8");
    };

    const first = await make("first.g2o", "5");

    expect(await make("second.g2o", "5")).toBe(first);
    expect(await make("third.g2o", "6")).not.toBe(first);
    expect(first.match(/^EDGE_SE2/gm)).toHaveLength(22);
  });
});

describe.concurrent("slam info", () => {
  test("says what the files hold, as text and as JSON", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": `${SQUARE}FIX 0\nPRIOR 1\n`, "edges.g2o": SQUARE.slice(SQUARE.indexOf("EDGE")) });

    const { stdout } = await slam(folder, "info", "square.g2o", "edges.g2o", "--json", "info.json");

    const { files } = JSON.parse(readFileSync(join(folder, "info.json"), "utf8")) as { readonly files: readonly object[] };
    expect(files).toMatchObject([
      {
        ...{ file: "square.g2o", format: "g2o", dimension: 2, poses: 4, known: 4, fixed: 1, edges: 4, loops: 1, components: 1 },
        ...{ unknown: [{ tag: "PRIOR", count: 1, firstLine: 10 }], information: { least: 10, largest: 100, indefinite: 0 } },
        fp16: { information: { entries: 24, above: 0, below: 0 } },
      },
      { file: "edges.g2o", known: 0 },
    ]);
    expect(stdout).toContain("poses         4, 4 with an estimate, 1 fixed\n");
    expect(stdout).toContain("edges         4, 1 loop, 1 component\n");
    expect(stdout).toContain("unknown tags  PRIOR (1 line from line 10)\n");
  });

  test("tells trajectories by their content, whatever their name", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "run.txt": `# late first\n3 1 0 0 0 0 0 1\n1.5 0 0 0 0 0 0 1\n`, "rows.txt": "1 0 0 0 0 1 0 0 0 0 1 0\n" });

    const { code, stdout } = await slam(folder, "info", "run.txt", "rows.txt", "--json", "info.json");

    const { files } = JSON.parse(readFileSync(join(folder, "info.json"), "utf8")) as { readonly files: readonly object[] };
    expect(code).toBe(0);
    expect(stdout).toBe(
      "run.txt: TUM, a trajectory of 2 poses\ntime          1.5 ... 3 s\nrows.txt: KITTI, a trajectory of 1 pose\ntime          none in the file\n",
    );
    expect(files).toEqual([
      { file: "run.txt", format: "tum", poses: 2, seconds: { first: 1.5, last: 3 } },
      { file: "rows.txt", format: "kitti", poses: 1 },
    ]);
  });

  test("prints with --json nothing but JSON", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });

    const { stdout } = await slam(folder, "info", "square.g2o", "--json");

    expect(JSON.parse(stdout)).toMatchObject({ command: "info", files: [{ file: "square.g2o" }] });
  });

  test("prints nothing with --quiet, and writes the report all the same", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });

    const { stdout } = await slam(folder, "info", "square.g2o", "--quiet", "--json", "info.json");

    expect(stdout).toBe("");
    expect(JSON.parse(readFileSync(join(folder, "info.json"), "utf8")).files).toHaveLength(1);
  });
});
