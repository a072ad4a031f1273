import {
  type ClosureFindings,
  type EstimationFindings,
  GRAPH_SOLVES,
  type GraphFindings,
  type PartShares,
  type PathResult,
  type PatternResult,
  PIPELINE_POLICIES,
  type PipelineResult,
  POLICIES,
  type Result,
  type Spread,
  type SweepPoint,
} from "@slam/experiments";
import type { Reproduction } from "../commands/reproduce.ts";
import { type Html, html, htmlTable, page } from "../html.ts";
import { type Bar, linearShareOf, shareChart, shareOf, shareRows } from "../shares.ts";
import { figure } from "../solver-page.ts";
import { countText } from "../text.ts";
import { cumulativeChart, growingChart, pathChart, patternSvg, reachText, savingChart, sweepChart } from "./reproduction-charts.ts";

const SPREAD = ["max", "99 %", "90 %", "mean"];

/** The published experiments beside ours: figures with their data, seeds and command. */
export async function reproductionPage(reproduction: Reproduction, results: readonly Result[]): Promise<string> {
  const { findings, missing, runs, scenes, seed, version, commandLine } = reproduction;
  const { estimations, graphs, closures, sweep } = findings;
  const path = results.find((result) => result.kind === "path");
  const pipelines = results.filter((result) => result.kind === "pipeline");
  const pattern = results.find((result) => result.kind === "pattern");
  const made: Caption = (svg, text) => figure(svg, html`${text} Seeds from ${seed}; <code>${commandLine}</code>.`);
  return page("Low precision for robot localisation: the published experiments, repeated", [
    html`<p>${countText(runs, "run")} on ${countText(scenes.length, "motion")}: ${scenes.join(", ")}. What cameras see is simulated along all of them. Made by slam ${version},
<code>${commandLine}</code>${missing.length > 0 ? `, without ${missing.join(", ")}, which were not found` : ""}. All numbers but seconds are the same in every run.</p>`,
    ...(path ? await pathSection(path, made) : []),
    ...(estimations ? await estimationSection(estimations, made) : []),
    ...(closures.length > 0 ? closureSection(closures) : []),
    ...(pipelines.length > 0 ? pipelineSection(pipelines) : []),
    ...(graphs ? await graphSections(graphs, made) : []),
    ...(sweep.length > 0 ? await sweepSection(sweep, made) : []),
    ...(pattern ? patternSection(pattern, made) : []),
    ...(estimations && graphs ? await shareSections(estimations, graphs, made) : []),
  ]);
}

/** A figure with what it is made of, and the command that makes it. */
type Caption = (svg: string, text: string) => Html;

const GRAPH_TEXT =
  "Pose graphs along the beginning of each motion: a step of odometry errs by 3 mm and 1 mrad an axis, a loop closure, from the nearest earlier pose in sight, by as much.";

async function pathSection(path: PathResult, made: Caption): Promise<Html[]> {
  return [
    html`<h2>One trajectory in four precisions</h2>`,
    made(await pathChart(path), `Visual odometry along ${path.scene}, window after window without loop closure. Grey is the truth.`),
  ];
}

async function estimationSection(findings: EstimationFindings, made: Caption): Promise<Html[]> {
  const { count, rows, columns, byPolicy, histogram, equivalence } = findings;
  const head = ["policy", ...SPREAD.map((name) => `${name} (m)`), "converged", "steps", "rejected", "CG iterations"];
  const body = POLICIES.map((policy) => {
    const { max, p99, p90, mean, converged, iterations, rejectedSteps, cgIterations } = byPolicy[policy];
    return [policy, ...[max, p99, p90, mean].map(threeDigits), `${converged}`, one(iterations), one(rejectedSteps), one(cgIterations)];
  });
  return [
    html`<h2>${count} trajectory estimations</h2>`,
    made(
      await cumulativeChart("ATE of trajectory estimations", "ATE (m)", histogram),
      `Windows of 50 key frames at 10 Hz, a stereo camera with 1 pixel of noise, J of about ${rows} x ${columns}; bundle adjustment by CGNR from noisy odometry, first pose held, at most 20 steps. ATE after rigid alignment.`,
    ),
    html`<p>"mixed" multiplies by J in fp16 and does all else in fp32 or fp64; "half" rounds every operation of the linear solve to fp16, "naive" every operation of all.</p>`,
    htmlTable(head, body),
    equivalence
      ? html`<p>mixed against double: the paired difference of the ATE is ${percent(equivalence.mean, 4)} of the median ATE, its 95 % interval ${percent(equivalence.low, 4)} to ${percent(equivalence.high, 4)}
(${Math.max(Math.abs(equivalence.low), Math.abs(equivalence.high)) <= 0.01 ? "within" : "not within"} 1 %). Kolmogorov and Smirnov: D = ${threeDigits(equivalence.distance)}, p = ${threeDigits(equivalence.p)}.</p>`
      : html`<p>Too few runs for an interval.</p>`,
  ];
}

function closureSection(closures: readonly ClosureFindings[]): Html[] {
  const cells = ({ max, p99, p90, mean }: Spread): string[] => [max, p99, p90, mean].map(threeDigits);
  const rows = closures.flatMap(({ motions, count, scenes, odometry, byRefresh, double }) => {
    const factors = (["max", "p99", "p90", "mean"] as const).map((name) => one(odometry[name] / byRefresh.static[name]));
    const what =
      motions === "simulated" ? `patrols (${scenes.length} apartments, ${count} runs)` : `drives (${scenes.join(", ")}, ${count} runs)`;
    return [
      [`${what}: without`, ...cells(odometry)],
      ["with, double", ...cells(double)],
      ["with, mixed, static", ...cells(byRefresh.static)],
      ["with, mixed, adaptive", ...cells(byRefresh.adaptive)],
      ["factor", ...factors],
    ];
  });
  return [
    html`<h2>ATE without and with loop closure</h2>`,
    htmlTable(
      ["", ...SPREAD.map((name) => `${name} (m)`)],
      [
        ...rows,
        ["published: without", "0.403", "0.265", "0.200", "0.0972"],
        ["published: with", "0.000583", "0.000571", "0.000557", "0.000319"],
      ],
    ),
    html`<p>Motions to their end. ${GRAPH_TEXT} A car sees few places twice, and what it sees once stays as odometry left it.</p>`,
  ];
}

function pipelineSection(pipelines: readonly PipelineResult[]): Html[] {
  const rows = pipelines.flatMap(({ id, keyFrames, byPolicy, seconds }) =>
    PIPELINE_POLICIES.map((policy) => {
      const { odometryAte, ate, loops, rejectedLoops } = byPolicy[policy];
      const { median, p99 } = seconds[policy];
      const [, scene = "", run = ""] = id.split("/");
      const errors = [threeDigits(odometryAte), threeDigits(ate), one(odometryAte / ate)];
      return [
        `${scene}, run ${run}`,
        policy,
        `${keyFrames}`,
        ...errors,
        `${loops}`,
        `${rejectedLoops}`,
        ...[median, p99].map((s) => `${one(1000 * s)}`),
      ];
    }),
  );
  return [
    html`<h2>The whole way: tracks, windows, places, loops, map</h2>`,
    htmlTable(
      ["patrol", "policy", "key frames", "ATE without (m)", "with (m)", "factor", "loops", "rejected", "ms a key frame", "99 %"],
      rows,
    ),
    html`<p>A robot's stereo camera at 10 Hz with 1 pixel of noise, 3.3 key frames a second, a window of 8 by CGNR; places by 256-bit descriptors with 5 % of their bits flipped, loops measured from
landmarks by RANSAC, checked by Mahalanobis distance and pairwise consistency, the graph corrected as they come.</p>`,
  ];
}

async function graphSections(findings: GraphFindings, made: Caption): Promise<Html[]> {
  const { count, bySolve, histogram } = findings;
  const saved = (refresh: "static" | "adaptive"): string => percent(1 - bySolve[`mixed, ${refresh}`].ofSingle, 1);
  const savedOfAll = (refresh: "static" | "adaptive"): string => percent(1 - bySolve[`mixed, ${refresh}`].allOfSingle, 1);
  return [
    html`<h2>Time of a solve along growing trajectories</h2>`,
    made(
      await growingChart(findings),
      `Each point is a solve in double with the static preconditioner, from start to end, median of three in one process. ${GRAPH_TEXT}`,
    ),
    html`<h2>${count} pose graphs: mixed against single</h2>`,
    made(await cumulativeChart("ATE of pose graphs", "ATE (m)", histogram), GRAPH_TEXT),
    made(await savingChart(findings), "The linear solve's seconds, medians of three in turns; the same graphs."),
    html`<p>The median graph saves ${saved("static")} of the linear solve's time with the static preconditioner and ${saved("adaptive")} with the adaptive one, all graphs together ${savedOfAll("static")} and ${savedOfAll("adaptive")}; published: 26 % on average, where 16-bit data takes half the
bandwidth and no decoding. A factor that fits the second-level cache is read no faster in fp16, and decoded besides. The same solves
by counted work save ${percent(1 - bySolve["mixed, static"].joulesOfSingle, 1)} and ${percent(1 - bySolve["mixed, adaptive"].joulesOfSingle, 1)} of the estimated energy.</p>`,
    htmlTable(
      ["solve", "converged", "CG iterations", "triangular solves, of the linear solve's time", "linear solve over single"],
      GRAPH_SOLVES.map(({ name }) => {
        const { converged, cgIterations, shares, ofSingle } = bySolve[name];
        const triangular = linearShareOf(shares, "preconditioner", "seconds");
        return [name, `${converged}`, one(cgIterations), percent(triangular, 0), threeDigits(ofSingle)];
      }),
    ),
  ];
}

async function sweepSection(sweep: readonly SweepPoint[], made: Caption): Promise<Html[]> {
  const first = (least: number): string => {
    const reached = sweep.filter((point) => point.without / point.with >= least).sort((a, b) => b.loopNoise - a.loopNoise)[0];
    return reached === undefined
      ? "nowhere in this sweep"
      : `from ${reached.loopNoise} of the stated noise, where a place is known again ${reachText(reached.radius)}`;
  };
  return [
    html`<h2>What loop closures must be like for the published factors</h2>`,
    made(
      await sweepChart(sweep),
      "One patrol of an apartment; a step of odometry errs by 3 mm and 1 mrad an axis, a loop closure, from the first pose in sight, by as much times the factor below.",
    ),
    html`<p>A factor of 50 arises ${first(50)}; 300 ${first(300)}. Where places are known
again from near by alone, what no loop ties stays as odometry left it, and less noise does not help.</p>`,
  ];
}

function patternSection({ bundle, reduced, graph, scene }: PatternResult, made: Caption): Html[] {
  const pictures = [
    patternSvg("Window: poses and landmarks", bundle),
    patternSvg("Window: poses, landmarks eliminated", reduced),
    patternSvg("Pose graph", graph),
  ];
  return [
    html`<h2>Where the two normal matrices are not zero</h2>`,
    made(
      pictures.join(" "),
      `By blocks. A window of 50 key frames with its landmarks behind them (${bundle.size} blocks), the same with landmarks eliminated (${reduced.size}), and the pose graph of ${graph.size} poses. ${scene}.`,
    ),
  ];
}

async function shareSections({ byPolicy }: EstimationFindings, { bySolve }: GraphFindings, made: Caption): Promise<Html[]> {
  const windows = POLICIES.map((policy): Bar => ({ name: policy, parts: byPolicy[policy].shares }));
  const graphs = GRAPH_SOLVES.map(({ name }): Bar => ({ name, parts: bySolve[name].shares }));
  return [
    html`<h2>Where time and flops go</h2>`,
    html`<h3>Trajectory estimations</h3>`,
    made(await shareChart("Shares of trajectory estimations", windows), SHARES_TEXT),
    shareTable(windows),
    html`<h3>Pose graphs</h3>`,
    made(await shareChart("Shares of pose graphs", graphs), SHARES_TEXT),
    shareTable(graphs),
    html`<h2>Shares as published</h2>`,
    htmlTable(
      ["", "published", "ours, of the time", "of the flops", "why"],
      comparisonRows(byPolicy.mixed.shares, bySolve["mixed, static"].shares),
    ),
    ...energySection(byPolicy, bySolve),
  ];
}

const SHARES_TEXT =
  "All runs together. Flops are as counted, whatever their format; those of residuals and Jacobians are nominal. Factorisation is all that prepares a linear solve: structure, J scaled and packed, factors. The start is all until the first step; the rest judges steps by the linear model, and checks in fp64 that a solve has come to its end.";

function shareTable(bars: readonly Bar[]): Html {
  return html`<div class="wide">${htmlTable(["time | flops | bytes, %", ...bars.map(({ name }) => name)], shareRows(bars))}</div>`;
}

/** Of windows and of graphs, in mixed. */
function comparisonRows(windows: PartShares, graphs: PartShares): string[][] {
  const both = (share: (key: "seconds" | "flops") => number): string[] => [percent(share("seconds"), 0), percent(share("flops"), 0)];
  const linear = ["products", "preconditioner", "checks", "vectors"] as const;
  return [
    ["VO: Jacobians", "15 % of the time", ...both((key) => shareOf(windows, ["jacobians"], key)), "kernels write J in one pass"],
    [
      "VO: linear solve",
      "60 % of the time",
      ...both((key) => shareOf(windows, linear, key)),
      "of a problem this small, preparing it takes nearly as long: the preconditioner's blocks, J scaled and packed, memory and kernels",
    ],
    [
      "VO: products by J",
      "83 % of the flops",
      ...both((key) => shareOf(windows, ["products"], key)),
      "the same, about, in flops; kernels multiply faster than all else is done",
    ],
    [
      "VO: products by J, of the linear solve",
      "",
      ...both((key) => linearShareOf(windows, "products", key)),
      "vector operations and the preconditioner are the others",
    ],
    [
      "graphs: triangular solves, of the linear solve",
      "50 % of the time",
      ...both((key) => linearShareOf(graphs, "preconditioner", key)),
      "the factor is complete, and so denser than what it preconditions",
    ],
  ];
}

function energySection(byPolicy: EstimationFindings["byPolicy"], bySolve: GraphFindings["bySolve"]): Html[] {
  const joules = ["double", "single", "mixed"] as const;
  const ratio = (a: number, b: number): string => threeDigits(a / b);
  return [
    html`<h2>Energy, estimated</h2>`,
    htmlTable(
      ["", ...joules],
      [
        ["VO, over double", ...joules.map((policy) => ratio(byPolicy[policy].joules, byPolicy.double.joules))],
        [
          "graphs, static, over double",
          "1",
          ...(["single, static", "mixed, static"] as const).map((name) => ratio(bySolve[name].joules, bySolve.double.joules)),
        ],
      ],
    ),
    html`<p>All counted flops by their format and all bytes by theirs, at the prices of Horowitz (ISSCC 2014, 45 nm; data from a cache of 1 MB; fp64 scaled from fp32 by the growth of adders and multipliers). It tells formats
apart, not machines: on this processor fp16 is decoded to fp32 for arithmetic.</p>`,
  ];
}

function threeDigits(value: number): string {
  return `${Number(value.toPrecision(3))}`;
}

function one(value: number): string {
  return value.toFixed(1);
}

function percent(share: number, digits: number): string {
  return `${(100 * share).toFixed(digits)} %`;
}
