import { EXIT } from "./failure.ts";
import type { Progress } from "./progress.ts";

/** What Ctrl-C has asked for. */
export interface Interruption {
  /** Not 0 once it was pressed; shared with a worker. */
  readonly stop: Int32Array<SharedArrayBuffer>;
  readonly interrupted: boolean;
  /** Ctrl-C ends the process again. */
  ignore(): void;
}

/** Hears Ctrl-C from now on: the first sets `stop` and says what happens then, the second ends the process. */
export function hearInterrupts(progress: Progress, what: string): Interruption {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  let interrupted = false;
  const interrupt = (): void => {
    if (interrupted) process.exit(EXIT.interrupted);
    interrupted = true;
    Atomics.store(stop, 0, 1);
    progress.note(`stopping ${what}; Ctrl-C again exits at once`);
  };
  process.on("SIGINT", interrupt);
  return {
    stop,
    get interrupted() {
      return interrupted;
    },
    ignore: () => process.off("SIGINT", interrupt),
  };
}
