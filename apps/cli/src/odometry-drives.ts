import { setImmediate } from "node:timers/promises";
import { Odometry, type OdometryEvent, type OdometryOptions, type OdometryResult } from "@slam/odometry";
import { hearInterrupts } from "./interruption.ts";
import type { OdometryInput } from "./odometry-input.ts";
import type { Progress } from "./progress.ts";

/** All frames once, or those before it was interrupted. */
export interface Drive {
  readonly result: OdometryResult;
  readonly seconds: number;
}

/**
 * Gives the frames one by one, and all of them again, as often as asked for. The first Ctrl-C ends it after the frame at hand, the second at once.
 *
 * @param settings makes the options of each drive: a recogniser of places remembers those of the last.
 */
export async function driveRepeatedly(
  { frames }: OdometryInput,
  settings: () => OdometryOptions,
  repeat: number,
  progress: Progress,
): Promise<{ readonly drives: readonly Drive[]; readonly interrupted: boolean }> {
  const interruption = hearInterrupts(progress, "after this key frame");
  const drives: Drive[] = [];
  try {
    for (let turn = 1; turn <= repeat && !interruption.interrupted; turn++) {
      const which = turn === 1 ? "" : `drive ${turn}, `;
      const began = performance.now();
      const odometry = new Odometry({ ...settings(), onEvent: (event) => tell(progress, which, event) });
      for (const frame of frames) {
        odometry.addFrame(frame);
        // For Ctrl-C to be heard.
        await setImmediate();
        if (interruption.interrupted) break;
      }
      const result = odometry.finish();
      drives.push({ result, seconds: (performance.now() - began) / 1000 });
    }
    return { drives, interrupted: interruption.interrupted };
  } finally {
    interruption.ignore();
    progress.end();
  }
}

/** Key frames between two lines. */
const EVERY = 50;

function tell(progress: Progress, which: string, event: OdometryEvent): void {
  if (event.kind === "window-solved" && event.id % EVERY === 0) {
    progress.note(`${which}key frame ${event.id}: ${event.report.observations} observations of ${event.report.landmarks} landmarks`);
  }
  if (event.kind === "graph-corrected" && event.added.length > 0) {
    const { from, to } = event.added.at(-1)!;
    progress.note(`${which}loop closed: ${from} - ${to}`);
  }
}
