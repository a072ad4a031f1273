import { type BundleLossName, type BundleOptions, type Linear, SIXTEEN_BIT } from "@slam/ba";
import { baReport } from "../ba-report.ts";
import type { Chosen } from "../bundle-covariance.ts";
import { type BundleFile, bundleTargets, checkPlyTarget, plyOutput, readBundleFile } from "../bundle-file.ts";
import { deliver } from "../deliver.ts";
import { UsageError } from "../failure.ts";
import { checkJsonTarget, type JsonTarget, jsonFile } from "../json.ts";
import { checkTargets, type Output } from "../outputs.ts";
import { readPolicy } from "../policy.ts";
import { openProgress, silentProgress } from "../progress.ts";
import { prepareWorker, solveInWorker } from "../solve.ts";

/** A camera or a point as the command line names it. */
export interface NamedVariable {
  readonly kind: Chosen["kind"];
  readonly id: number;
}

export interface BaOptions
  extends Pick<BundleOptions, "preconditioner" | "method" | "landmarks" | "forcing" | "eta" | "ftol" | "maxIterations" | "timeBudget"> {
  readonly policy: string;
  readonly linear: Linear;
  readonly loss?: { readonly name: BundleLossName | "none"; readonly C?: number };
  readonly fix?: readonly number[];
  readonly fixIntrinsics?: boolean;
  readonly window?: number;
  readonly covariance?: readonly NamedVariable[];
  readonly out?: string;
  readonly ply?: string;
  readonly json?: JsonTarget;
  readonly report?: string;
  readonly quiet?: boolean;
  readonly repeat: number;
}

/** Adjusts the bundle in a file. @returns the exit code. */
export async function ba(file: string, options: BaOptions): Promise<number> {
  const {
    policy: policyName,
    linear,
    loss,
    fix = [],
    fixIntrinsics = false,
    window,
    covariance = [],
    out,
    ply,
    json,
    report: pageFile,
    quiet = false,
    repeat,
    ...solver
  } = options;
  checkOptions(file, options);
  const policy = await readPolicy(policyName, SIXTEEN_BIT);
  prepareWorker("ba");

  const began = performance.now();
  const read = await readBundleFile(file);
  const parseSeconds = (performance.now() - began) / 1000;
  const settings = {
    ...solver,
    linear,
    ...(loss && loss.name !== "none" && { loss: { loss: loss.name, ...(loss.C !== undefined && { C: loss.C }) } }),
    held: { cameras: fix.map((id) => cameraIndex(read, "--fix", id)), intrinsics: fixIntrinsics || read.isCalibrated },
  };
  const { bundle } = read;
  const job = {
    kind: "ba" as const,
    name: file,
    bundle: { ...bundle, model: bundle.model.name },
    policy,
    options: settings,
    repeat,
    ...(window !== undefined && { window }),
    ...(covariance.length > 0 && {
      covariance: { chosen: chosenOf(read, covariance), names: { cameraIds: read.cameraIds, pointIds: read.pointIds } },
    }),
  };
  const outcome = await solveInWorker(job, quiet ? silentProgress : await openProgress(process.stderr));

  const { poses, intrinsics, points, interrupted } = outcome;
  const solved = { ...bundle, poses, intrinsics, points };
  const report = baReport(file, read, outcome, parseSeconds);
  const outputs: Output[] = [
    ...(out === undefined ? [] : read.outputs(out, solved)),
    ...(ply === undefined ? [] : [plyOutput(ply, solved, read.colors)]),
  ];
  if (pageFile !== undefined) {
    const { baPage } = await import("../ba-page.ts");
    outputs.push({ target: pageFile, chunks: [await baPage(report, bundle, solved)] });
  }
  const summary = async (colors: boolean): Promise<string> => (await import("../ba-summary.ts")).baSummary(report, colors);
  const code = await deliver({ report, outputs, json, quiet, interrupted, summary });
  const refused = report.covariance?.refused;
  if (refused) console.error(`slam: ${file}: no covariance: ${refused.message}`);
  return code;
}

function checkOptions(file: string, options: BaOptions): void {
  const { linear, preconditioner, forcing, window, method, out, ply, json, report } = options;
  if (preconditioner !== undefined && linear !== "schur-cg" && !(preconditioner === "jacobi" && linear === "cgnr"))
    throw new UsageError(
      `--preconditioner ${preconditioner} goes with --linear ${preconditioner === "jacobi" ? "cgnr or " : ""}schur-cg, not ${linear}`,
    );
  if (forcing !== undefined && linear !== "cgnr" && linear !== "schur-cg")
    throw new UsageError(`--forcing goes with --linear cgnr or schur-cg, not ${linear}`);
  if (window !== undefined) {
    const { fix, landmarks, eta, covariance } = options;
    for (const [flag, value] of Object.entries({ preconditioner, landmarks, forcing, fix, eta, covariance })) {
      if (value !== undefined) throw new UsageError(`--${flag} does not go with --window`);
    }
    if (method === "dogleg") throw new UsageError("--window goes with --method lm, not dogleg");
  }
  checkJsonTarget(json);
  if (ply !== undefined) checkPlyTarget(ply);
  checkTargets([
    ...(out === undefined ? [] : bundleTargets(file, out)),
    ...[ply, jsonFile(json), report].filter((target) => target !== undefined),
  ]);
}

function cameraIndex({ cameraIds }: BundleFile, flag: string, id: number): number {
  const index = cameraIds.indexOf(id);
  if (index >= 0) return index;
  throw new UsageError(`${flag} ${id}: the problem has no camera of this id; its ids are ${cameraIds[0]} ... ${cameraIds.at(-1)}`);
}

function chosenOf(read: BundleFile, named: readonly NamedVariable[]): Chosen[] {
  const { bundle, pointIds } = read;
  const points = bundle.points.length / 3;
  return named.map(({ kind, id }) => {
    if (kind === "camera") return { kind, id, index: cameraIndex(read, "--covariance cam:", id) };
    const index = pointIds?.indexOf(id) ?? (id < points ? id : -1);
    if (index >= 0) return { kind, id, index };
    const ids = pointIds === undefined ? `0 ... ${points - 1}` : `${pointIds[0]} ... ${pointIds.at(-1)}`;
    throw new UsageError(`--covariance point:${id}: the problem has no point of this id; its ids are ${ids}`);
  });
}
