import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Runs a program of the workspace, shows what it prints, and counts. */
export function runStep(root: string, program: string, args: readonly string[]): Promise<Counts> {
  const path = `${join(root, "node_modules/.bin")}${delimiter}${process.env.PATH}`;
  const started = performance.now();
  console.log(`\n> ${program} ${args.join(" ")}`);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, env: { ...process.env, PATH: path }, stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      process.stdout.write(text);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      console.log(`> ${code === 0 ? "done" : "FAILED"} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
      resolve(countsOf(output, code === 0));
    });
  });
}

/** The last line of the form "N passed, N failed, N skipped"; a program that prints none counts as one check, as does one that fails without saying where. */
export function countsOf(output: string, succeeded: boolean): Counts {
  const line = [...output.matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)].at(-1);
  const [passed, failed, skipped] = line ? line.slice(1).map(Number) : [succeeded ? 1 : 0, 0, 0];
  return { passed: passed!, failed: succeeded ? failed! : Math.max(failed!, 1), skipped: skipped! };
}
