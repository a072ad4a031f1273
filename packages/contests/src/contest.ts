/** Something to time. */
export interface Contestant {
  /** "J x". */
  readonly kernel: string;
  readonly format: string;
  readonly by: "slam" | "C";
  /** What one run must read and write, and what it computes. */
  readonly bytes: number;
  readonly flops: number;
  /** Runs so often; gives the seconds of processor time that took. */
  readonly run: (repeats: number) => number | Promise<number>;
}

/** Seconds of one run, turn by turn. */
export interface Timing {
  readonly contestant: Contestant;
  readonly seconds: readonly number[];
}

const WARM_SECONDS = 0.1;
const TURN_SECONDS = 0.03;

/**
 * Times all in turns, so that what disturbs the machine disturbs all; each is warm before, and runs long enough in a turn to be measured.
 *
 * @param isStopped asked before each of them. @returns the turns so far where it says so, of which the last may lack some; none while they warm up.
 */
export async function compete(
  contestants: readonly Contestant[],
  turns: number,
  isStopped: () => boolean = () => false,
): Promise<readonly Timing[]> {
  const timings: { readonly contestant: Contestant; readonly seconds: number[]; readonly repeats: number }[] = [];
  for (const contestant of contestants) {
    if (isStopped()) return [];
    timings.push({ contestant, seconds: [], repeats: await warmUp(contestant) });
  }
  for (let turn = 0; turn < turns; turn++) {
    for (const { contestant, seconds, repeats } of timings) {
      if (isStopped()) return timings;
      seconds.push((await contestant.run(repeats)) / repeats);
    }
  }
  return timings;
}

/** Until the engine has compiled with optimisation. @returns how many runs make a turn. */
async function warmUp({ run }: Contestant): Promise<number> {
  let repeats = 1;
  for (let spent = 0, runs = 0; spent < WARM_SECONDS || runs < 3; runs += repeats) {
    const seconds = await run(repeats);
    spent += seconds;
    if (seconds < TURN_SECONDS / 2) repeats *= 2;
  }
  const seconds = (await run(repeats)) / repeats;
  return Math.max(1, Math.round(TURN_SECONDS / Math.max(seconds, 1e-8)));
}

/** A contestant's `run` for a function of this process, by a clock that counts seconds. */
export function timed(clock: () => number, run: () => void): (repeats: number) => number {
  return (repeats) => {
    const began = clock();
    for (let k = 0; k < repeats; k++) run();
    return clock() - began;
  };
}
