// The whole way without any file from outside: a robot patrols an apartment, 70 m of it or as many as the argument says, and finds its way by what its stereo camera tracks, in four
// precisions, with loops closed. Writes demo-report.html.
import { ate } from "@slam/eval";
import { robotCamera } from "@slam/experiments";
import { energyOf, horowitzCache } from "@slam/linop";
import { type Policy, parsePolicy, presetPolicy } from "@slam/nlls";
import { DescriptorRecognizer, Odometry, type OdometryResult } from "@slam/odometry";
import { apartment, type Drive, simulateDrive } from "@slam/sim";
import pc from "picocolors";
import { trajectoryChart } from "./charts.ts";
import { EXIT, explain, UsageError } from "./failure.ts";
import { html, htmlTable, page } from "./html.ts";
import { shipKernels } from "./kernel-file.ts";
import { writeOutputs } from "./outputs.ts";
import { figure } from "./solver-page.ts";
import { secondsText } from "./text.ts";
import { textTable } from "./text-table.ts";

const POLICIES = ["fp64", "mixed", "half", "naive"] as const;
const HEAD = ["policy", "ATE, odometry (m)", "loops closed (m)", "loops", "CG iterations", "windows converged", "energy (J, est.)", "time"];
const REPORT = "demo-report.html";
const LEAST = 20;

interface Run {
  readonly policy: (typeof POLICIES)[number];
  readonly result: OdometryResult;
  readonly seconds: number;
}

try {
  process.exitCode = await demo(process.argv[2] ?? "70");
} catch (error) {
  process.exitCode = explain(error, ["demo"]);
}

async function demo(metres: string): Promise<number> {
  const length = Number(metres);
  if (!(length >= LEAST)) throw new UsageError(`demo: the argument is metres to drive, at least ${LEAST}, not ${metres}`);
  const drive = simulateDrive(apartment({ length, rate: 2, landmarks: 4000, seed: 3 }), robotCamera, {
    features: 40,
    trackLength: 30,
    seed: 1,
  });
  console.log(
    `A robot drives ${length} m through an apartment: ${drive.frames.length} key frames of some 40 landmarks, windows of 5 by CGNR, loops by what landmarks look like.`,
  );
  shipKernels();
  const began = performance.now();
  const runs = POLICIES.map((policy): Run => {
    const start = performance.now();
    const result = follow(drive, policy);
    console.log(`  ${policy}: ${result.loops.accepted} loops closed, ${result.loops.rejected} rejected`);
    return { policy, result, seconds: (performance.now() - start) / 1000 };
  });
  const rows = runs.map((run) => rowOf(run, drive));
  const table = textTable(HEAD, 1);
  table.push(...rows);
  console.log(table.toString());
  await writeOutputs([{ target: REPORT, chunks: [await demoPage(drive, runs, rows)] }]);
  console.log(
    `${pc.bold(REPORT)} shows the way as odometry has it and with its loops closed. ${secondsText((performance.now() - began) / 1000)} in all.`,
  );
  return EXIT.converged;
}

/** In windows this small "mixed" would find fp32 the faster; the demo is to show that fp16 loses nothing. */
function policyOf(name: Run["policy"]): Policy {
  return name === "mixed" ? parsePolicy({ name, preset: name, matvec: "fp16", precondition: "fp16" }) : presetPolicy(name);
}

/** All frames are key frames. */
function follow(drive: Drive, policy: Run["policy"]): OdometryResult {
  const odometry = new Odometry({
    camera: robotCamera,
    window: 5,
    linear: "cgnr",
    // Nothing that this camera measures is false.
    loss: { loss: "huber", C: 1.5 },
    policy: policyOf(policy),
    places: new DescriptorRecognizer({ recent: 20 }),
    start: drive.truth.subarray(0, 7),
  });
  for (const [k, frame] of drive.frames.entries()) odometry.addFrame({ ...frame, time: drive.times[k]! });
  return odometry.finish();
}

function rowOf({ policy, result, seconds }: Run, { truth }: Drive): string[] {
  const { odometry, poses, loops, windows } = result;
  const error = (estimate: Float64Array): string => ate(truth, estimate, { align: "se3" }).rmse.toFixed(4);
  const { arithmetic, memory } = energyOf(windows.work, horowitzCache);
  return [
    policy,
    error(odometry),
    error(poses),
    `${loops.accepted}`,
    `${windows.cgIterations}`,
    `${windows.terminations.converged ?? 0} of ${windows.solves}`,
    (arithmetic + memory).toPrecision(2),
    secondsText(seconds),
  ];
}

async function demoPage({ truth }: Drive, runs: readonly Run[], rows: readonly (readonly string[])[]): Promise<string> {
  const [, mixed, , naive] = runs.map(({ result }) => result) as [OdometryResult, OdometryResult, OdometryResult, OdometryResult];
  const trajectories = await trajectoryChart([
    { title: "mixed: odometry alone", graph: { ...mixed.graph, poses: mixed.odometry } },
    { title: "mixed: loops closed", graph: mixed.graph },
    { title: "naive: loops closed", graph: naive.graph },
    { title: "truth", graph: { ...mixed.graph, poses: truth } },
  ]);
  return page("A robot's way in four precisions", [
    html`<p>A robot drives through an apartment. What its stereo camera tracks is adjusted in a sliding window, what leaves the window becomes a graph, and places that look like earlier ones correct it. Grey lines are
loop closures.</p>`,
    figure(trajectories),
    html`<h2>What each precision makes of it</h2>`,
    htmlTable(HEAD, rows),
    html`<p>mixed keeps residual and update in fp64 and does the rest in fp32, with J for products and the graph's factor stored in fp16; half rounds every operation of the linear solve to fp16, naive every operation of all. A window starts near its
optimum, so that half too comes close, with more iterations and without its tolerance; from poorer starts it does not: <code>slam reproduce</code>. Energy is estimated from counted flops and bytes (Horowitz 2014).</p>`,
  ]);
}
