import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { type TestContext, vi } from "vitest";

// Each test starts processes, which take their time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const PROGRAMS = fileURLToPath(new URL("../dist/", import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a program of the CLI, bundled as it is published. */
export function launch(
  program: "main" | "demo",
  args: readonly string[],
  folder: string,
  env: NodeJS.ProcessEnv = {},
): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [join(PROGRAMS, `${program}.js`), ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs it to its end. */
export function finish(child: ChildProcessByStdio<null, Readable, Readable>): Promise<Finished> {
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (data: Buffer) => {
    stdout += data;
  });
  child.stderr.on("data", (data: Buffer) => {
    stderr += data;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

/** `slam args` in the folder. */
export function slam(folder: string, ...args: readonly string[]): Promise<Finished> {
  return finish(launch("main", args, folder));
}

/** A folder that goes with the test. */
export function temporaryFolder({ onTestFinished }: Pick<TestContext, "onTestFinished">): string {
  const folder = mkdtempSync(join(tmpdir(), "slam-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The environment in which a program writes a letter for each module that it compiles: s of one that was shipped, e of one that it has emitted. */
export function countingModules(file: string): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--import=${new URL("./count-modules.ts", import.meta.url).href}`, SLAM_MODULES: file };
}
