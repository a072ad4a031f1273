import { Presets, SingleBar } from "cli-progress";
import { durationText } from "../text.ts";

/** Shows on stderr how many runs are done and how long the others will take. */
export interface RunProgress {
  done(count: number): void;
  end(): void;
}

export const silentRuns: RunProgress = { done: () => {}, end: () => {} };

/** A bar on a terminal, a line for every twentieth of the runs elsewhere. @param before runs that an earlier process did. */
export function openRuns(stream: NodeJS.WriteStream, total: number, before: number): RunProgress {
  return stream.isTTY ? bar(stream, total, before) : lines(stream, total, before);
}

function bar(stream: NodeJS.WriteStream, total: number, before: number): RunProgress {
  const shown = new SingleBar({ stream, format: "{bar} {value} of {total} runs, {left} left", hideCursor: true }, Presets.shades_classic);
  const began = performance.now();
  shown.start(total, before, { left: "?" });
  return {
    done: (count) => shown.update(count, { left: leftText(began, total, before, count) }),
    end: () => shown.stop(),
  };
}

function lines(stream: NodeJS.WriteStream, total: number, before: number): RunProgress {
  const began = performance.now();
  const step = Math.ceil(total / 20);
  return {
    done(count) {
      if (count % step === 0 || count === total) stream.write(`${count} of ${total} runs, ${leftText(began, total, before, count)} left\n`);
    },
    end: () => {},
  };
}

/** By what the runs of this process took on average. */
function leftText(began: number, total: number, before: number, count: number): string {
  const seconds = (performance.now() - began) / 1000;
  return durationText((seconds / (count - before)) * (total - count));
}
