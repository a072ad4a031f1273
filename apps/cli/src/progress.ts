import type { IterationRecord } from "@slam/nlls";
import { costText, secondsText } from "./text.ts";

/** Shows on stderr how a solve goes on. */
export interface Progress {
  iteration(record: IterationRecord, index: number, solve: number): void;
  note(text: string): void;
  end(): void;
}

export const silentProgress: Progress = { iteration: () => {}, note: () => {}, end: () => {} };

/** One line that is kept current on a terminal, a line for each iteration elsewhere. */
export async function openProgress(stream: NodeJS.WriteStream): Promise<Progress> {
  return stream.isTTY ? liveProgress(stream) : plainProgress(stream);
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

async function liveProgress(stream: NodeJS.WriteStream): Promise<Progress> {
  const { createLogUpdate } = await import("log-update");
  const show = createLogUpdate(stream, { showCursor: true });
  const began = performance.now();
  let text = "initialising";
  let frame = 0;
  const draw = (): void => show(`${FRAMES[frame++ % FRAMES.length]} ${secondsText((performance.now() - began) / 1000)}  ${text}`);
  const timer = setInterval(draw, 100);
  return {
    iteration(record, index, solve) {
      text = iterationText(record, index, solve);
      draw();
    },
    note(note) {
      text = note;
      draw();
    },
    end() {
      clearInterval(timer);
      show.clear();
    },
  };
}

function plainProgress(stream: NodeJS.WriteStream): Progress {
  return {
    iteration: (record, index, solve) => stream.write(`${iterationText(record, index, solve)}\n`),
    note: (text) => stream.write(`${text}\n`),
    end: () => {},
  };
}

function iterationText({ cost, cgIterations, accepted, seconds }: IterationRecord, index: number, solve: number): string {
  const which = solve === 1 ? "" : `solve ${solve}, `;
  const fate = accepted ? "" : ", step rejected";
  return `${which}iteration ${index}: cost ${costText(cost)}, ${cgIterations} CG iterations, ${secondsText(seconds)}${fate}`;
}
