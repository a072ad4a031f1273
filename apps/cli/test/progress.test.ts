import { Writable } from "node:stream";
import type { IterationRecord } from "@slam/nlls";
import { expect, test } from "vitest";
import { openProgress } from "../src/progress.ts";

const RECORD: IterationRecord = {
  cost: 727.1496672548999,
  step: 1,
  damping: 0,
  gainRatio: 1,
  cgIterations: 9,
  accepted: true,
  seconds: 0.25,
};

/** A stream that keeps what is written to it. */
function keep(isTTY: boolean): { stream: NodeJS.WriteStream; written: string[] } {
  const written: string[] = [];
  const sink = new Writable({
    write(chunk, _, done) {
      written.push(String(chunk));
      done();
    },
  });
  return { stream: Object.assign(sink, { isTTY, columns: 120, rows: 24 }) as unknown as NodeJS.WriteStream, written };
}

test("elsewhere than on a terminal there is a line for each iteration", async () => {
  const { stream, written } = keep(false);
  const progress = await openProgress(stream);

  progress.iteration(RECORD, 1, 1);
  progress.iteration({ ...RECORD, accepted: false }, 2, 3);
  progress.end();

  expect(written).toEqual([
    "iteration 1: cost 727.1496673, 9 CG iterations, 0.25 s\n",
    "solve 3, iteration 2: cost 727.1496673, 9 CG iterations, 0.25 s, step rejected\n",
  ]);
});

test("on a terminal there is one line, which goes away at the end", async () => {
  const { stream, written } = keep(true);
  const progress = await openProgress(stream);

  progress.iteration(RECORD, 1, 1);
  progress.note("stopping");
  progress.end();

  const text = written.join("");
  expect(text).toContain("iteration 1: cost 727.1496673");
  expect(text).toContain("stopping");
  // The last thing done to the line is to erase it.
  expect(text.lastIndexOf("\u001b[2K")).toBeGreaterThan(text.lastIndexOf("stopping"));
});
