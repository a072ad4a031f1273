import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** A program for comparison, or why there is none. */
export type Native = { readonly path: string } | { readonly missing: string };

/**
 * Builds a program from a source, unless one newer than the source is there.
 *
 * @param folder where the program goes.
 * @param build gives the command, to which the program's path is the last argument.
 */
export function buildNative(source: string, folder: string, name: string, build: readonly [string, ...string[]]): Native {
  const path = join(folder, name);
  if (existsSync(path) && statSync(path).mtimeMs > statSync(source).mtimeMs) return { path };
  mkdirSync(folder, { recursive: true });
  const [command, ...args] = build;
  try {
    execFileSync(command, [...args, path], { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
    return { path };
  } catch (error) {
    const { stderr = "", message } = error as { readonly stderr?: string; readonly message: string };
    const cause = stderr.split("\n").find((line) => /error|not found/.test(line));
    return { missing: `${name} cannot be built: ${cause ?? message.split("\n")[0]}` };
  }
}
