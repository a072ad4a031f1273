import { existsSync, readFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";

/** What figures depend on besides the program. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  /** Of one core's second-level cache, and of the third; missing where the system does not say. */
  readonly l2Bytes?: number;
  readonly l3Bytes?: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
}

export function describeMachine(): Machine {
  const processors = cpus();
  const [l2Bytes, l3Bytes] = [cacheBytes(2), cacheBytes(3)];
  return {
    processor: processors[0]?.model ?? "unknown",
    cores: processors.length,
    ...(l2Bytes !== undefined && { l2Bytes }),
    ...(l3Bytes !== undefined && { l3Bytes }),
    memoryBytes: totalmem(),
    system: `${process.platform} ${process.arch}`,
    node: process.version,
  };
}

/** As Linux says. */
function cacheBytes(level: 2 | 3): number | undefined {
  const file = `/sys/devices/system/cpu/cpu0/cache/index${level}/size`;
  if (!existsSync(file)) return undefined;
  const kibibytes = Number.parseInt(readFileSync(file, "utf8"), 10);
  return Number.isNaN(kibibytes) ? undefined : 1024 * kibibytes;
}

/** Processes that want a core, of the last minute, on average; 0 on systems that do not count them. */
export function currentLoad(): number {
  return loadavg()[0]!;
}

/** Of a core: what one thread that is to have its own can bear beside it. */
const BUSY = 0.75;

/**
 * Whether others use so much of the machine that figures mean little.
 *
 * @param own how many threads of ours are in the load.
 */
export function isBusy(load: number, cores: number, own: number): boolean {
  return load - own > BUSY * cores;
}
