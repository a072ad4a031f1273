import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";

/** What figures depend on besides the code. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  /** Of one core's L2, and of the L3. 0: unknown. */
  readonly l2Bytes: number;
  readonly l3Bytes: number;
  readonly memoryBytes: number;
  readonly node: string;
  /** Of the last minute, when asked. */
  readonly load: number;
  readonly commit: string;
  /** Whether there were changes that no commit has. */
  readonly modified: boolean;
}

export function describeMachine(): Machine {
  const processors = cpus();
  return {
    processor: processors[0].model,
    cores: processors.length,
    l2Bytes: cacheBytes(2),
    l3Bytes: cacheBytes(3),
    memoryBytes: totalmem(),
    node: process.version,
    load: loadavg()[0],
    commit: git("rev-parse", "--short", "HEAD"),
    modified: git("status", "--porcelain") !== "",
  };
}

function cacheBytes(level: 2 | 3): number {
  const file = `/sys/devices/system/cpu/cpu0/cache/index${level}/size`;
  return existsSync(file) ? 1024 * Number.parseInt(readFileSync(file, "utf8"), 10) : 0;
}

function git(...args: readonly string[]): string {
  try {
    return execFileSync("git", args, { encoding: "utf8", cwd: import.meta.dirname, stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "unknown";
  }
}
