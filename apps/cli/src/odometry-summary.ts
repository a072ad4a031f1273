import pc from "picocolors";
import type { OdometryReport } from "./odometry-report.ts";
import { precisionRows } from "./solver-summary.ts";
import { countText, errorText, secondsText } from "./text.ts";
import { textTable } from "./text-table.ts";

/** Where a camera has been, and what ran in which precision, for reading on a terminal. */
export function odometrySummary(report: OdometryReport, colors: boolean): string {
  const { bold, green, yellow } = pc.createColors(colors);
  const { input, policy, termination, message, ate, loops, windows, graph, landmarks, milliseconds, seconds, precision } = report;
  const color = termination === "converged" ? green : yellow;
  const table = textTable(["operation", "format", "flops", "bytes"]);
  for (const row of precisionRows(report)) table.push([...row]);
  const lines = [
    `${bold(input.file)}: ${countText(input.frames, "frame")}, ${countText(input.keyFrames, "key frame")}, policy ${policy.name}`,
    `${color(termination)}: ${message}`,
    ...(ate === undefined ? [] : [`error     ${errorText(ate.withoutLoops)}, without loops`]),
    ...(ate === undefined || loops.accepted === 0 ? [] : [`          ${bold(errorText(ate.withLoops))}, with loops`]),
    `loops     ${loopText(loops)}`,
    `windows   of ${windows.size}: ${windows.iterations} iterations, ${windows.cgIterations} of CG, ${windows.linear}; at most ${windows.observations} observations`,
    `result    ${countText(graph.poses, "pose")}, ${countText(graph.edges, "edge")}, ${countText(landmarks, "landmark")}`,
    `time      ${secondsText(seconds.solve)}; a key frame ${milliseconds.both.median.toFixed(1)} ms in the median, 99 of 100 within ${milliseconds.both.p99.toFixed(1)} ms`,
    `precision ${precision.overflows} overflows, ${precision.flushed} flushed to zero, ${precision.shifts} shifts, ` +
      `${precision.fallbacks} fallbacks, ${precision.rejectedSteps} steps rejected`,
    table.toString(),
  ];
  return `${lines.join("\n")}\n`;
}

/** How many loops there were, and what became of them. */
export function loopText({ recognizer, found, accepted, why }: OdometryReport["loops"]): string {
  if (recognizer === "none") return "not looked for";
  return (
    `${found} found by ${recognizer === "oracle" ? "the oracle" : "descriptors"}, ${accepted} accepted; rejected: ` +
    `${why.geometry} by geometry, ${why.mahalanobis} by distance, ${why.inconsistent} inconsistent, ${why.unsupported} unsupported`
  );
}
