import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { outsideEnvironment, type PackedPackage } from "./project.ts";

export interface Check {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What to show when something failed. */
  readonly complaint: string;
}

/** publint of each tarball: entry points exist, are of the module kind they claim, types come first, ... */
export function checkPackaging(packed: readonly PackedPackage[]): Promise<readonly Check[]> {
  return Promise.all(
    packed.map(async ({ manifest, tarball }) => {
      const { messages, pkg } = await publint({ pack: { tarball: Uint8Array.from(readFileSync(tarball)).buffer }, strict: true });
      const complaint = messages.map((message) => formatMessage(message, pkg)).join("\n");
      return single(`publint ${manifest.name}`, messages.length === 0, complaint);
    }),
  );
}

/** The declarations of every entry point, themselves checked (skipLibCheck: false); writes the JavaScript that the suite runs. */
export function checkTypes(workspace: string, project: string): Check {
  const { status, stdout } = spawnSync(join(workspace, "node_modules/.bin/tsc"), ["-p", project, "--pretty", "false"], {
    encoding: "utf8",
  });
  return single("types with neither dom nor node", status === 0, stdout);
}

function single(name: string, good: boolean, complaint: string): Check {
  return { name, passed: good ? 1 : 0, failed: good ? 0 : 1, skipped: 0, complaint };
}

/** The suite of the project, on the machine's own Node. */
export function checkSuite(project: string): Check {
  const outside = { cwd: project, env: { ...outsideEnvironment(), NO_COLOR: "1" }, encoding: "utf8" } as const;
  const version = spawnSync("node", ["--version"], outside).stdout.trim();
  const { status, stdout, stderr } = spawnSync("node", ["--test", "--test-reporter=spec"], outside);
  const count = (what: string): number => Number(stdout.match(new RegExp(`^ℹ ${what} (\\d+)$`, "m"))?.[1] ?? 0);
  const failed = Math.max(count("fail") + count("cancelled"), status === 0 && count("pass") > 0 ? 0 : 1);
  return { name: `node --test on ${version}`, passed: count("pass"), failed, skipped: count("skipped"), complaint: stdout + stderr };
}
