import { stereo } from "@slam/camera";
import { alignPoses, transformPoses } from "@slam/eval";
import type { OdometryResult } from "@slam/odometry";
import { convergenceChart } from "./charts.ts";
import { axesOf } from "./from-above.ts";
import { html, htmlTable, page } from "./html.ts";
import { keyFrameChart } from "./odometry-chart.ts";
import type { Drive } from "./odometry-drives.ts";
import type { OdometryInput } from "./odometry-input.ts";
import { keyFrameMilliseconds, type OdometryReport, pairedWithTruth, type Quantiles } from "./odometry-report.ts";
import { loopText } from "./odometry-summary.ts";
import { type PathView, pathChart } from "./path-chart.ts";
import { figure, iterationTable, linearRows, measuredRows, precisionTable } from "./solver-page.ts";
import { costText, countText, errorText } from "./text.ts";

/** The report of odometry as a page: the path before and after loops, how long key frames took, the last solve of the graph, the precisions and the numbers. */
export async function odometryPage(report: OdometryReport, input: OdometryInput, drives: readonly Drive[]): Promise<string> {
  const { cost, iterations, policy } = report;
  const { result } = drives.at(-1)!;
  const convergence =
    cost && iterations && (await convergenceChart([{ name: policy.name, costs: [cost.afterInit, ...iterations.map((i) => i.cost)] }]));
  return page(`${report.input.file}: ${report.termination}`, [
    html`<p>${report.message}.</p>`,
    html`<h2>The path from above</h2>`,
    figure(
      await pathChart(viewsOf(input, result)),
      html`Orange where the key frames are${input.truth ? ", dashed where they truly were" : ""}, blue the loops, grey the landmarks.`,
    ),
    html`<h2>How long key frames took</h2>`,
    figure(await keyFrameChart(keyFrameMilliseconds(drives))),
    html`<h2>What ran in which precision</h2>`,
    precisionTable(report),
    html`<h2>Numbers</h2>`,
    htmlTable(["quantity", "value"], numberRows(report)),
    ...(convergence === undefined
      ? []
      : [html`<h2>The last solve of the graph</h2>`, figure(convergence), iterationTable({ iterations: iterations! })]),
  ]);
}

/** As the windows left the path, and where loops were closed as these have it. */
function viewsOf({ truth }: OdometryInput, result: OdometryResult): PathView[] {
  const { graph, map, odometry, poses, loops } = result;
  const view = (title: string, path: Float64Array): PathView => ({
    title,
    // Of all cameras of odometry x is right, y down and z ahead.
    axes: axesOf({ poses: path, model: stereo }),
    poses: path,
    ...(truth && { truth: laidOn(path, result, truth) }),
  });
  const closed = [...graph.from.keys()]
    .map((e) => [graph.from[e]!, graph.to[e]!] as const)
    .filter(([from, to]) => Math.abs(to - from) !== 1);
  const last = { ...view(loops.accepted > 0 ? "loops closed" : "no loop closed", poses), landmarks: map.points, loops: closed };
  return loops.accepted > 0 ? [view("as the windows left it", odometry), last] : [last];
}

/** The true poses where they fit a path best. */
function laidOn(path: Float64Array, { times }: OdometryResult, truth: NonNullable<OdometryInput["truth"]>): Float64Array {
  const { truly, estimated } = pairedWithTruth(times, path, truth);
  return transformPoses(alignPoses(estimated, truly, "se3"), truth.poses);
}

function numberRows(report: OdometryReport): string[][] {
  const { version, input, policy, ate, loops, windows, graph, landmarks, milliseconds, cost, linear } = report;
  const quantiles = ({ median, p99, max }: Quantiles): string =>
    `${median.toFixed(1)} ms in the median, 99 of 100 within ${p99.toFixed(1)} ms, all within ${max.toFixed(1)} ms`;
  return [
    ["input", `${countText(input.frames, "frame")}, ${countText(input.keyFrames, "key frame")}`],
    ["policy", policy.name],
    ...(ate ? [["error without loops", errorText(ate.withoutLoops)]] : []),
    ...(ate && loops.accepted > 0 ? [["error with loops", errorText(ate.withLoops)]] : []),
    ["loops", loopText(loops)],
    [
      "windows",
      `${windows.solves} of ${windows.size} key frames by ${windows.linear}: ${windows.iterations} iterations, ${windows.cgIterations} of CG; ` +
        `at most ${windows.observations} observations of ${windows.landmarks} landmarks`,
    ],
    ["result", `${countText(graph.poses, "pose")}, ${countText(graph.edges, "edge")}, ${countText(landmarks, "landmark")}`],
    ...(cost
      ? [
          ["cost of the graph", cost.convention],
          ["before its last solve", costText(cost.afterInit)],
          ["after it", costText(cost.final)],
        ]
      : []),
    ...(linear ? linearRows(linear) : []),
    ["a key frame", quantiles(milliseconds.both)],
    ["its window", quantiles(milliseconds.window)],
    ["the graph and its loops", quantiles(milliseconds.graph)],
    ...measuredRows(report, version),
  ];
}
