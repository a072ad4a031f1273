// The main job without any file from outside: a noisy sphere, of 400 poses or as many as the argument says, solved in each preset
// precision. Writes demo-report.html.
import type { PoseGraph } from "@slam/pgo";
import { sphere } from "@slam/sim";
import pc from "picocolors";
import { convergenceChart, trajectoryChart } from "./charts.ts";
import { EXIT, explain } from "./failure.ts";
import { html, htmlTable, page } from "./html.ts";
import { writeOutputs } from "./outputs.ts";
import { openProgress, silentProgress } from "./progress.ts";
import { solveInWorker } from "./solve.ts";
import type { PgoOutcome } from "./solve-job.ts";
import { figure } from "./solver-page.ts";
import { costText, secondsText } from "./text.ts";
import { textTable } from "./text-table.ts";
import { matchTruth, trajectoryError } from "./truth.ts";
import { graphOf, truthOf } from "./worlds.ts";

const POLICIES = ["fp64", "fp32", "mixed", "half", "naive"];

/** On a world this small "mixed" would find fp32 the faster; the demo is to show that fp16 loses nothing. */
function policyJson(name: string): object {
  return { preset: name, name, ...(name === "mixed" && { precondition: "fp16" }) };
}

const HEAD = ["policy", "chi2", "ATE (m)", "CG iterations", "time", "overflows", "ended"];
const REPORT = "demo-report.html";

try {
  process.exitCode = await demo(Number(process.argv[2] ?? 400));
} catch (error) {
  process.exitCode = explain(error, ["demo"]);
}

async function demo(poses: number): Promise<number> {
  const world = sphere({ poses, noise: 2, seed: 1 });
  const before = graphOf(world);
  const truth = matchTruth("truth", truthOf(world), before);
  const errorOf = (estimate: Float64Array): string => trajectoryError(truth, { ...before, poses: estimate }).rmse.toPrecision(4);
  console.log(
    `A sphere of ${before.ids.length} poses and ${before.from.length} noisy measurements between them, solved in each precision:`,
  );
  const began = performance.now();
  const rows: string[][] = [];
  const outcomes: PgoOutcome[] = [];
  for (const name of POLICIES) {
    const progress = process.stderr.isTTY ? await openProgress(process.stderr) : silentProgress;
    const outcome = await solveInWorker(
      { kind: "pgo", name: "sphere", graph: before, policy: policyJson(name), options: {}, repeat: 1 },
      progress,
    );
    if (outcome.interrupted) return EXIT.interrupted;
    if (outcomes.length === 0) rows.push(["before", costText(outcome.report.cost.initial), errorOf(before.poses), "", "", "", ""]);
    outcomes.push(outcome);
    rows.push(rowOf(outcome, errorOf(outcome.poses)));
  }
  const table = textTable(HEAD, 1);
  table.push(...rows);
  console.log(table.toString());
  await writeOutputs([{ target: REPORT, chunks: [await demoPage(before, outcomes, rows)] }]);
  const seconds = secondsText((performance.now() - began) / 1000);
  console.log(`${pc.bold(REPORT)} shows the poses before and after, and how each precision converged. ${seconds} in all.`);
  return outcomes.slice(0, 3).every(({ report }) => report.termination === "converged") ? EXIT.converged : EXIT.notConverged;
}

function rowOf({ report, seconds }: PgoOutcome, error: string): string[] {
  const { policy, cost, linear, precision, termination } = report;
  return [
    policy.name,
    costText(cost.final),
    error,
    `${linear.cgIterations}`,
    secondsText(seconds[0]!.solve),
    `${precision.overflows}`,
    termination,
  ];
}

async function demoPage(before: PoseGraph, outcomes: readonly PgoOutcome[], rows: readonly (readonly string[])[]): Promise<string> {
  const mixed = outcomes[POLICIES.indexOf("mixed")]!;
  const trajectories = await trajectoryChart([
    { title: "before", graph: before },
    { title: "after, in mixed precision", graph: { ...before, poses: mixed.poses } },
  ]);
  const curves = outcomes.map(({ report }) => ({
    name: report.policy.name,
    costs: [report.cost.afterInit, ...report.iterations.map(({ cost }) => cost)],
  }));
  return page("One pose graph in five precisions", [
    html`<p>A robot winds its way up a sphere: ${before.ids.length} poses, ${before.from.length} noisy measurements between them.
Grey lines are loop closures.</p>`,
    figure(trajectories),
    html`<h2>What each precision makes of it</h2>`,
    htmlTable(HEAD, rows),
    html`<h2>Convergence</h2>`,
    figure(await convergenceChart(curves)),
    html`<p>fp32 and mixed keep residual and update in fp64; mixed besides stores the factor that preconditions in fp16. half rounds every
operation of the linear solve to fp16, naive every operation of all.</p>`,
  ]);
}
