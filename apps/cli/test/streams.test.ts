import { spawn } from "node:child_process";
import { existsSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { lay, SQUARE } from "./graphs.ts";
import { finish, launch, temporaryFolder } from "./slam.ts";

test("who stops listening to the progress, as head does, stops nothing", async (context) => {
  const folder = temporaryFolder(context);
  lay(folder, { "square.g2o": SQUARE });
  const child = launch("main", ["pgo", "square.g2o", "--out", "out.g2o"], folder);
  child.stderr.destroy();

  const { code } = await finish(child);

  expect(code).toBe(0);
  expect(readdirSync(folder)).toEqual(["out.g2o", "square.g2o"]);
});

test("who does not read the summary still has the exit code of the solve", async (context) => {
  const folder = temporaryFolder(context);
  lay(folder, { "square.g2o": SQUARE });
  const child = launch("main", ["pgo", "square.g2o", "--max-iterations", "0"], folder);
  child.stdout.destroy();

  const { code, stderr } = await finish(child);

  expect(code).toBe(4);
  expect(stderr).toContain("not converged (max-iterations)");
});

test.skipIf(!existsSync("/dev/full"))(
  "a summary that finds no room is an error of one line (on systems with /dev/full)",
  async (context) => {
    const folder = temporaryFolder(context);
    lay(folder, { "square.g2o": SQUARE });
    const program = fileURLToPath(new URL("../dist/main.js", import.meta.url));
    const child = spawn(process.execPath, [program, "pgo", join(folder, "square.g2o"), "--max-iterations", "0"], {
      stdio: ["ignore", openSync("/dev/full", "w"), "pipe"],
    });
    let stderr = "";
    child.stderr!.on("data", (data: Buffer) => {
      stderr += data;
    });

    const code = await new Promise((resolve) => child.on("close", resolve));

    expect(code).toBe(3);
    expect(stderr).toMatch(/^slam: ENOSPC: no space left on device, write$/m);
    expect(stderr).not.toContain("    at ");
  },
);
