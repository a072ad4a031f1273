import { Session } from "node:inspector/promises";

/** What a run allocates. */
export interface Allocations {
  /** On the JavaScript heap, and in array buffers that are still there after it. */
  readonly bytes: number;
  /** The functions that allocate most, as "bytes name file:line". */
  readonly sites: readonly string[];
}

/** Estimated by V8's sampling profiler, with a sample for every few objects; what is collected meanwhile counts too, but for array buffers. */
export async function allocated(run: () => void): Promise<Allocations> {
  const session = new Session();
  session.connect();
  await session.post("HeapProfiler.startSampling", {
    samplingInterval: 256,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  const before = process.memoryUsage().arrayBuffers;
  run();
  const inBuffers = process.memoryUsage().arrayBuffers - before;
  const { profile } = await session.post("HeapProfiler.stopSampling");
  session.disconnect();
  const byFunction = new Map<string, number>();
  // What a builtin allocates is its caller's; what Node's own functions do, as the profiler's, counts for nobody.
  const visit = ({ callFrame, selfSize, children }: typeof profile.head, caller: string | undefined): void => {
    const { functionName, url, lineNumber } = callFrame;
    const own = url.startsWith("node:") ? undefined : `${functionName || "(anonymous)"} ${url.split("/").at(-1)}:${lineNumber + 1}`;
    const site = url === "" ? caller : own;
    if (site !== undefined) byFunction.set(site, (byFunction.get(site) ?? 0) + selfSize);
    for (const child of children) visit(child, site);
  };
  visit(profile.head, undefined);
  const sites = [...byFunction].sort((a, b) => b[1] - a[1]);
  return {
    bytes: sites.reduce((sum, [, bytes]) => sum + bytes, Math.max(0, inBuffers)),
    sites: [`${inBuffers} in array buffers`, ...sites.slice(0, 8).map(([site, bytes]) => `${bytes} ${site}`)],
  };
}
