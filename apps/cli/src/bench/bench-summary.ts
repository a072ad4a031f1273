import pc from "picocolors";
import { amountText, countText } from "../text.ts";
import { textTable } from "../text-table.ts";
import type { KernelFigure, SolveFigure } from "./bench-job.ts";
import type { BenchReport } from "./bench-report.ts";
import type { Machine } from "./machine.ts";
import { problemText } from "./problem-text.ts";

/** What a bench found, for reading on a terminal. */
export function benchSummary(report: BenchReport, colors: boolean): string {
  const { bold, yellow } = pc.createColors(colors);
  const { machine, load, rounds, kernels, pgo, ba, busy, skipped } = report;
  const lines = [
    bold(machineText(machine)),
    `load ${load.before.toFixed(2)} before, ${load.after.toFixed(2)} after; medians of ${countText(rounds, "turn")}; ratios are times over fp32's, turn by turn: below 1 is faster`,
    ...(kernels.length > 0 ? ["", bold("kernels"), kernelTable(kernels)] : []),
    ...(skipped.length > 0 ? [`no room in memory for ${skipped.map((mb) => `${mb} MB`).join(", ")}`] : []),
    ...(pgo.length > 0 ? ["", bold("pose graphs"), solveTable(pgo)] : []),
    ...(ba.length > 0 ? ["", bold("bundles"), solveTable(ba)] : []),
    ...(busy ? [yellow("the machine was busy: run it again when it is not")] : []),
  ];
  return `${lines.join("\n")}\n`;
}

/** "AMD EPYC, 2 cores, L2 1 MB, L3 32 MB, 24.9 GB; linux x64, Node v20.20.2". */
function machineText({ processor, cores, l2Bytes, l3Bytes, memoryBytes, system, node }: Machine): string {
  const caches = [
    ["L2", l2Bytes],
    ["L3", l3Bytes],
  ].map(([name, bytes]) => (bytes === undefined ? `${name} unknown` : `${name} ${amountText(bytes as number)}B`));
  return `${processor.trim()}, ${countText(cores, "core")}, ${caches.join(", ")}, ${amountText(memoryBytes)}B; ${system}, Node ${node}`;
}

const FORMATS = ["fp64", "fp32", "fp16", "bf16"] as const;

/** A line for each kernel and size: its time in each format over fp32's, and GB/s. */
function kernelTable(kernels: readonly KernelFigure[]): string {
  const head = ["", "MB in fp32", "fp64", "fp16", "bf16", ...FORMATS.map((format) => `${format} GB/s`), "fp32 of the triad"];
  const table = textTable(head, 1);
  for (const [first, ...others] of groups(kernels, ({ kernel, megabytes }) => `${kernel} ${megabytes}`)) {
    const all = [first!, ...others];
    const of = (format: string, key: "ofFp32" | "gigabytesPerSecond" | "ofTriad"): string => {
      const found = all.find((figure) => figure.format === format);
      return found === undefined ? "" : digits(found[key]);
    };
    table.push([
      first!.kernel,
      `${first!.megabytes}`,
      of("fp64", "ofFp32"),
      of("fp16", "ofFp32"),
      of("bf16", "ofFp32"),
      ...FORMATS.map((format) => of(format, "gigabytesPerSecond")),
      of("fp32", "ofTriad"),
    ]);
  }
  return table.toString();
}

/** A table for each problem: a line for each linear solver and policy. */
function solveTable(figures: readonly SolveFigure[]): string {
  return groups(figures, problemText)
    .map((all) => {
      const head = ["by", "policy", "in 16 bits", "solve ms", "of fp32", "linear ms", "of fp32", "steps", "CG", "cost above fp64", "ended"];
      const table = textTable(head, 3);
      for (const { linear, policy, seconds, ofFp32, iterations, cgIterations, costAboveFp64, termination } of all) {
        const { name, ...formats } = policy;
        const short = Object.entries(formats).filter(([, format]) => format === "fp16");
        table.push([
          linear,
          name,
          short.map(([operation]) => operation).join(", "),
          digits(1e3 * seconds.solve),
          digits(ofFp32.solve),
          digits(1e3 * seconds.linearSolve),
          digits(ofFp32.linearSolve),
          `${iterations}`,
          `${cgIterations}`,
          costAboveFp64.toExponential(1),
          termination,
        ]);
      }
      return `${problemText(all[0]!)}\n${table}`;
    })
    .join("\n");
}

/** In the order in which their first ones come. */
function groups<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  return [...new Set(items.map(keyOf))].map((key) => items.filter((item) => keyOf(item) === key));
}

/** Three digits. */
function digits(x: number): string {
  return x >= 100 ? x.toFixed(0) : x.toPrecision(3);
}
