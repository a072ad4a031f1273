import { costs, type LossName, type LossOptions, type PoseGraph, type PoseGraphOptions, SIXTEEN_BIT } from "@slam/pgo";
import { isProof } from "../certificate.ts";
import { deliver } from "../deliver.ts";
import { UsageError } from "../failure.ts";
import { checkGraphTarget, encodeGraph, warnOfUnknownTags } from "../graph-file.ts";
import { checkJsonTarget, type JsonTarget, jsonFile } from "../json.ts";
import { checkLoops, numberedAsInFile } from "../loop-check.ts";
import { checkTargets, type Output } from "../outputs.ts";
import { type PolicyJson, policyNames, policyOf, readPolicy } from "../policy.ts";
import { openProgress, silentProgress } from "../progress.ts";
import { inputReport, pgoReport } from "../report.ts";
import { readGraph, solveInWorker } from "../solve.ts";
import type { PgoOutcome } from "../solve-job.ts";
import { readTruth, trajectoryError } from "../truth.ts";

type SolverOptions = Pick<
  PoseGraphOptions,
  "method" | "linear" | "preconditioner" | "fill" | "drop" | "refresh" | "eta" | "init" | "seed" | "cost" | "ftol" | "maxIterations"
>;

export interface PgoOptions extends SolverOptions {
  readonly policy: string;
  readonly costs?: boolean;
  readonly loss?: { readonly name: LossName | "none"; readonly C?: number };
  readonly lossOn?: "all" | "loops";
  /** Its quantile, or true for the default. */
  readonly pcm?: number | true;
  readonly fix?: readonly number[];
  readonly covariance?: readonly number[];
  readonly certify?: boolean;
  readonly repair?: boolean;
  readonly truth?: string;
  readonly out?: string;
  readonly json?: JsonTarget;
  readonly report?: string;
  readonly quiet?: boolean;
  readonly repeat: number;
}

/** Optimises the pose graph in a file. @returns the exit code. */
export async function pgo(file: string, options: PgoOptions): Promise<number> {
  const {
    policy: policyName,
    fix = [],
    covariance = [],
    certify = false,
    repair = false,
    truth: truthFile,
    out,
    json,
    report: pageFile,
    quiet = false,
    repeat,
    costs: compare,
    loss: _,
    lossOn: __,
    pcm,
    ...solver
  } = options;
  const reportFile = jsonFile(json);
  checkOptions(options, [out, reportFile, pageFile]);
  const policy = await readPolicy(policyName, SIXTEEN_BIT);
  checkDirect(options, policy);

  const { read, repairs, seconds: parseSeconds } = await readGraph({ file, repair });
  const input = inputReport(file, read);
  warnOfUnknownTags(file, read);
  // Thousands of loops are millions of pairs, and take a while.
  if (pcm !== undefined && !quiet) console.error(`${file}: testing loops in pairs`);
  const checked = pcm === undefined ? undefined : checkLoops(file, read.graph, pcm === true ? undefined : pcm);
  const graph = checked?.graph ?? read.graph;
  const truth = truthFile === undefined ? undefined : await readTruth(truthFile, graph);
  // Refuses what they refuse of the result, before the solve and not after it.
  if (compare) costs(graph);
  const held = holdById(graph, fix);
  const uncertain = poseIndices(graph, covariance);

  const loss = lossOf(options);
  const settings = { ...solver, fixed: [...held.fixed], ...(loss && { loss }) };
  const job = { kind: "pgo" as const, name: file, graph: held, policy, options: settings, repeat, covariance: uncertain, certify };
  const outcome = await solveInWorker(job, quiet ? silentProgress : await openProgress(process.stderr));

  const given = givenBack(outcome, graph);
  const solved = solvedGraph(given, outcome);
  const compared = { ...(compare && { costs: costs(solved) }), ...(truth && { ate: trajectoryError(truth, solved) }) };
  const { loss: found } = outcome.report;
  const report = pgoReport({ input, repairs, parseSeconds }, outcome, {
    ...compared,
    ...(checked && { pcm: checked.report, ...(found && { loss: numberedAsInFile(found, checked.report) }) }),
  });
  const { init } = outcome.report;
  const outputs: Output[] = [];
  if (out !== undefined) outputs.push({ target: out, chunks: encodeGraph(out, solved) });
  if (pageFile !== undefined) {
    const { pgoPage } = await import("../pgo-page.ts");
    outputs.push({ target: pageFile, chunks: [await pgoPage(report, init, given, solved)] });
  }
  const summary = async (colors: boolean): Promise<string> => (await import("../summary.ts")).pgoSummary(report, init, colors);
  const { certificate } = report;
  // However the solve ended, the poses written are then the optimum.
  const isOptimum = certificate !== undefined && isProof(certificate) && certificate.certified && certificate.ofResult;
  const code = await deliver({ report, outputs, json, quiet, interrupted: outcome.interrupted, isOptimum, summary });
  const refused = report.covariance?.refused;
  if (refused) console.error(`slam: ${file}: no covariance: ${refused.message}`);
  if (certificate && !isProof(certificate)) console.error(`slam: ${file}: no certificate: ${certificate.refused}`);
  return code;
}

function lossOf({ loss, lossOn }: PgoOptions): LossOptions | undefined {
  if (loss === undefined || loss.name === "none") return undefined;
  const { name, ...bound } = loss;
  return { loss: name, ...bound, ...(lossOn && { on: lossOn }) };
}

/** A direct solver has a complete factor, new in each step, which has the numbers for it. */
function checkDirect({ linear, preconditioner, fill, drop, refresh, policy: name }: PgoOptions, policy: PolicyJson): void {
  if (linear !== "direct") return;
  for (const [flag, value] of Object.entries({ preconditioner, fill, drop, refresh })) {
    if (value !== undefined) throw new UsageError(`--${flag} goes with --linear cgnr, not direct`);
  }
  const { factorize } = policyNames(policyOf(policy, SIXTEEN_BIT));
  if (factorize !== "fp64" && factorize !== "fp32") {
    throw new UsageError(
      `--linear direct factorises in fp64 or fp32; --policy ${name} does it in ${factorize}, which can only precondition`,
    );
  }
}

function checkOptions(
  { preconditioner = "ichol", fill, drop, refresh, init, seed, loss, lossOn, cost, out, json }: PgoOptions,
  targets: readonly (string | undefined)[],
): void {
  for (const [flag, value] of Object.entries({ fill, drop })) {
    if (value !== undefined && preconditioner !== "ichol")
      throw new UsageError(`--${flag} goes with --preconditioner ichol, not ${preconditioner}`);
  }
  if (fill !== undefined && drop !== undefined)
    throw new UsageError("--fill keeps fill by its level, --drop by its size: give one of them");
  if (refresh !== undefined && preconditioner === "none") throw new UsageError("--refresh goes with a preconditioner, not with none");
  if (seed !== undefined && init !== "random") throw new UsageError("--seed goes with --init random");
  if (lossOn !== undefined && (loss === undefined || loss.name === "none"))
    throw new UsageError("--loss-on goes with a --loss, not with none");
  if (loss !== undefined && loss.name !== "none" && cost === "sesync")
    throw new UsageError("--loss goes with --cost g2o, ceres or gtsam, not sesync");
  checkJsonTarget(json);
  if (out !== undefined) checkGraphTarget(out);
  checkTargets(targets.filter((target) => target !== undefined));
}

/** The graph as it was before it was handed over, holding again only what its file does. */
function givenBack({ graph: held }: PgoOutcome, { fixed, landmarks }: PoseGraph): PoseGraph {
  if (held.landmarks === undefined || landmarks === undefined) return { ...held, fixed };
  return { ...held, fixed, landmarks: { ...held.landmarks, fixed: landmarks.fixed } };
}

function solvedGraph(graph: PoseGraph, { poses, landmarks: positions }: Pick<PgoOutcome, "poses" | "landmarks">): PoseGraph {
  const known = new Uint8Array(graph.ids.length).fill(1);
  const { landmarks } = graph;
  if (landmarks === undefined || positions === undefined) return { ...graph, poses, known };
  return { ...graph, poses, known, landmarks: { ...landmarks, positions, known: new Uint8Array(landmarks.ids.length).fill(1) } };
}

function poseIndices(graph: PoseGraph, ids: readonly number[]): number[] {
  return [...new Set(ids)].map((id) => {
    const index = graph.ids.indexOf(id);
    if (index < 0)
      throw new UsageError(`--covariance ${id}: the graph has no pose of this id; its ids are ${graph.ids[0]} ... ${graph.ids.at(-1)}`);
    return index;
  });
}

/** The graph with poses and landmarks of these ids fixed besides. */
function holdById(graph: PoseGraph, ids: readonly number[]): PoseGraph {
  const { landmarks } = graph;
  const poses = new Set(graph.fixed);
  const points = new Set(landmarks?.fixed);
  for (const id of ids) {
    const pose = graph.ids.indexOf(id);
    const point = landmarks?.ids.indexOf(id) ?? -1;
    if (pose >= 0) poses.add(pose);
    else if (point >= 0) points.add(point);
    else {
      const found = `its ids are ${graph.ids[0]} ... ${graph.ids.at(-1)}`;
      throw new UsageError(`--fix ${id}: the graph has no pose${landmarks === undefined ? "" : " or landmark"} of this id; ${found}`);
    }
  }
  const fixed = Int32Array.from(poses);
  return landmarks === undefined ? { ...graph, fixed } : { ...graph, fixed, landmarks: { ...landmarks, fixed: Int32Array.from(points) } };
}
