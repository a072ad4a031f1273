// `pnpm bench:kernels [--turns 9] [--only TEXT] [--largest MEGABYTES]`: every kernel in every format, in L2, beyond it and beyond L3, beside STREAM's triad and,
// where gcc is, beside C. Prints tables and writes JSON to tooling/bench/results/.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Contestant, compete, products, type Rig, triad, triangularSolves } from "@slam/contests";
import { startCKernels } from "./c-kernels.ts";
import { factorisation, linearisation, vectors } from "./contestants.ts";
import { type Figure, figuresOf } from "./figures.ts";
import { describeMachine } from "./machine.ts";
import { processorSeconds } from "./processor-seconds.ts";
import { writeResults } from "./results.ts";
import { digits, tableText } from "./table.ts";

const { values } = parseArgs({
  options: { turns: { type: "string", default: "9" }, only: { type: "string", default: "" }, largest: { type: "string", default: "400" } },
});
const turns = Number(values.turns);
const machine = describeMachine();
const started = startCKernels();
const c = typeof started === "string" ? undefined : started;
const rig: Rig = { clock: processorSeconds, native: c };
if (typeof started === "string") console.log(`skipped: C: ${started}`);

interface Group {
  readonly name: string;
  /** The working set in fp32. */
  readonly megabytes: number;
  readonly contestants: () => readonly Contestant[] | Promise<readonly Contestant[]>;
}

const sizes = [0.4, 44, 400];
const groups: readonly Group[] = [
  ...inSizes("vectors", sizes, (mb) => vectors(mb, rig)),
  ...inSizes("products, edges in space", sizes, (mb) => products({ r: 6, c: 6, pair: true }, mb, rig)),
  ...inSizes("products, edges in the plane", sizes, (mb) => products({ r: 3, c: 3, pair: true }, mb, rig)),
  ...inSizes("products, cameras", sizes, (mb) => products({ r: 2, c: 6, pair: false }, mb, rig)),
  ...inSizes("products, points", sizes, (mb) => products({ r: 2, c: 3, pair: false }, mb, rig)),
  ...inSizes("triangular solves, 6 x 6 blocks", [0.9, 8, 226], (mb) => triangularSolves(6, mb, rig)),
  ...inSizes("triangular solves, 3 x 3 blocks", [0.9, 8, 226], (mb) => triangularSolves(3, mb, rig)),
  ...inSizes("linearisation in space", [0.9, 44], (mb) => linearisation(3, mb, rig)),
  ...inSizes("linearisation in the plane", [0.9, 44], (mb) => linearisation(2, mb, rig)),
  ...inSizes("factorisation, 400 poses in space", [0.7], () => factorisation(3, 400, rig)),
  ...inSizes("factorisation, 2500 poses in space", [6], () => factorisation(3, 2500, rig)),
  ...inSizes("factorisation, 10000 poses in the plane", [6], () => factorisation(2, 10_000, rig)),
];

const figures: Figure[] = [];
let file = "no such group";
for (const { name, megabytes, contestants } of groups) {
  if (!name.includes(values.only) || megabytes > Number(values.largest)) continue;
  const list = [...(await triad(megabytes, rig)), ...(await contestants())];
  const found = figuresOf(name, megabytes, await compete(list, turns));
  await c?.clear();
  figures.push(...found);
  // After each group: the rest may take minutes.
  file = writeResults(join(import.meta.dirname, "../results"), machine, { turns, figures });
  print(`${name}, ${megabytes} MB in fp32, ${place(megabytes)}`, found);
}
await c?.close();
console.log(`medians of ${turns} turns; load ${machine.load.toFixed(2)} before, ${describeMachine().load.toFixed(2)} after`);
console.log(file);

function inSizes(
  name: string,
  megabytes: readonly number[],
  contestants: (megabytes: number) => ReturnType<Group["contestants"]>,
): Group[] {
  return megabytes.map((mb) => ({ name, megabytes: mb, contestants: () => contestants(mb) }));
}

function place(megabytes: number): string {
  const { l2Bytes, l3Bytes } = machine;
  if (l2Bytes === 0 || l3Bytes === 0) return "caches unknown";
  return 1e6 * megabytes < l2Bytes ? "in L2" : 1e6 * megabytes < l3Bytes ? "beyond L2" : "beyond L3";
}

function print(title: string, found: readonly Figure[]): void {
  const rows = found.map(({ kernel, format, by, milliseconds, gigabytesPerSecond, gigaflopsPerSecond, ofTriad, timesFp32, timeOfC }) => [
    `${kernel}, ${format}${by === "C" ? ", C" : ""}`,
    digits(milliseconds),
    digits(gigabytesPerSecond),
    digits(gigaflopsPerSecond),
    digits(ofTriad),
    digits(timesFp32),
    digits(timeOfC),
  ]);
  console.log(`\n${title}\n${tableText(["", "ms", "GB/s", "GFLOP/s", "of the triad", "times fp32", "time of C"], rows)}`);
}
