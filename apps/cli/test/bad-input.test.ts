import { appendFileSync, chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lay, SQUARE } from "./graphs.ts";
import { type Finished, slam, temporaryFolder } from "./slam.ts";

/** `slam pgo bad.g2o` with every kind of output wanted. */
function solveBad(folder: string): Promise<Finished> {
  return slam(folder, "pgo", "bad.g2o", "--out", "out.g2o.gz", "--json", "out.json", "--report", "out.html");
}

const lines = SQUARE.trimEnd().split("\n");
const replaced = (line: number, text: string): string => lines.toSpliced(line - 1, 1, text).join("\n");

describe.concurrent("a bad file exits 3 with one line that names the place, and leaves no output", () => {
  test.for<readonly [name: string, text: string | Uint8Array, message: RegExp]>([
    [
      "a truncated line",
      SQUARE.slice(0, -20),
      /^slam: bad\.g2o:8:\d+: expected theta of EDGE_SE2, a finite number, found the end of the file; is the file cut off\?\n$/,
    ],
    [
      "a NaN",
      replaced(6, "EDGE_SE2 1 2 nan 0.1 1.6 10 0 0 10 0 100"),
      /^slam: bad\.g2o:6:14: expected x of EDGE_SE2, a finite number, found "nan"; `slam lint` repairs such lines\n$/,
    ],
    [
      "an edge to a missing vertex",
      replaced(7, "EDGE_SE2 2 9 1 0 1.5 10 0 0 10 0 100"),
      /^slam: bad\.g2o:7:12: expected the id of a pose .*, found 9; `slam lint` repairs such lines\n$/,
    ],
    ["an empty file", "", /^slam: bad\.g2o:1: expected a line with VERTEX_SE2.*, found an empty file\n$/],
    ["broken gzip data", Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3), /^slam: bad\.g2o: broken gzip data, .*\n$/],
    [
      "an indefinite information matrix",
      replaced(5, "EDGE_SE2 0 1 1 0 1.5 -1 0 0 10 0 100"),
      /^slam: bad\.g2o: information of .*edge 0 -> 1.*; `slam lint` repairs such matrices\n$/,
    ],
  ])("%s", async ([, text, message], context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "bad.g2o": text });

    const { code, stdout, stderr } = await solveBad(folder);

    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toMatch(message);
    expect(readdirSync(folder)).toEqual(["bad.g2o"]);
  });

  test("a line of 100 MB", async (context) => {
    const folder = temporaryFolder(context);
    const file = join(folder, "bad.g2o");
    writeFileSync(file, `${lines[0]}\n`);
    appendFileSync(file, Buffer.alloc(1e8, "1"));

    const { code, stderr } = await solveBad(folder);

    expect(code).toBe(3);
    expect(stderr).toMatch(/^slam: bad\.g2o:2: expected a line of at most 1048576 bytes, found 100000000 .*\n$/);
    expect(readdirSync(folder)).toEqual(["bad.g2o"]);
  });

  test("a directory", async (context) => {
    const folder = temporaryFolder(context);
    mkdirSync(join(folder, "bad.g2o"));

    expect(await solveBad(folder)).toEqual({ code: 3, stdout: "", stderr: "slam: bad.g2o: is a directory, not a file\n" });
    expect(readdirSync(folder)).toEqual(["bad.g2o"]);
  });

  test("a file that is not there", async (context) => {
    const folder = temporaryFolder(context);

    expect(await solveBad(folder)).toEqual({ code: 3, stdout: "", stderr: "slam: bad.g2o: no such file\n" });
    expect(readdirSync(folder)).toEqual([]);
  });

  test.skipIf(process.getuid?.() === 0)("a file we may not read (root may read everything)", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "bad.g2o": SQUARE });
    chmodSync(join(folder, "bad.g2o"), 0);

    expect(await solveBad(folder)).toEqual({ code: 3, stdout: "", stderr: "slam: bad.g2o: no permission to read it\n" });
    expect(readdirSync(folder)).toEqual(["bad.g2o"]);
  });

  test("no folder for the result", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });

    const { code, stderr } = await slam(folder, "pgo", "square.g2o", "--json", "report.json", "--out", "none/out.g2o");

    expect({ code, stderr }).toEqual({ code: 3, stderr: "slam: none/out.g2o: cannot write in none\n" });
    expect(readdirSync(folder)).toEqual(["square.g2o"]);
  });

  test("truth about another graph", async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE, "other.tum": "17 0 0 0 0 0 0 1\n" });

    const { code, stderr } = await slam(folder, "pgo", "square.g2o", "--truth", "other.tum");

    expect({ code, stderr }).toEqual({ code: 3, stderr: "slam: other.tum: no pose has an id of the graph\n" });
  });
});
