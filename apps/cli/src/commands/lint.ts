import type { Finding, LintReport, RuleCount } from "@slam/pgo";
import { EXIT, UsageError } from "../failure.ts";
import { isToroFile, lintGraphFile } from "../graph-file.ts";
import { checkJsonTarget, type JsonTarget, jsonFile, jsonText } from "../json.ts";
import { checkTargets, type Output, writeOutputs } from "../outputs.ts";
import { countText } from "../text.ts";
import { VERSION } from "../version.ts";

export interface LintOptions {
  readonly repair?: boolean;
  readonly out?: string;
  readonly json?: JsonTarget;
  readonly quiet?: boolean;
}

/** How many lines of a rule are named in print. */
const SHOWN_LINES = 8;

/** Finds what stops or misleads solvers in a pose graph file, and repairs it on request. @returns the exit code. */
export async function lint(file: string, { repair = false, out, json, quiet = false }: LintOptions): Promise<number> {
  if (repair && out === undefined) throw new UsageError("--repair writes the repaired file to --out FILE: name one");
  if (!repair && out !== undefined) throw new UsageError("--out takes the repaired file: give --repair too");
  if (out !== undefined && isToroFile(out) !== isToroFile(file)) {
    throw new UsageError(`${out}: is written in the format of ${file}, and its name ends likewise; \`slam convert\` writes another`);
  }
  checkJsonTarget(json);
  const reportFile = jsonFile(json);
  checkTargets([out, reportFile].filter((target) => target !== undefined));

  const report = await lintGraphFile(file);
  const outputs: Output[] = [];
  if (out !== undefined) outputs.push({ target: out, chunks: report.repaired() });
  const text = jsonText(lintJson(file, report, out));
  if (reportFile !== undefined) outputs.push({ target: reportFile, chunks: [text] });
  await writeOutputs(outputs);
  const toStdout = json !== undefined && reportFile === undefined;
  if (toStdout) process.stdout.write(text);
  if (!quiet) (toStdout ? process.stderr : process.stdout).write(lintText(file, report, out));
  return report.counts.some((rule) => rule.severity === "error" && !isRepaired(rule, out)) ? EXIT.input : EXIT.converged;
}

function isRepaired(rule: RuleCount, out: string | undefined): boolean {
  return out !== undefined && rule.repair !== undefined;
}

function lintJson(
  file: string,
  { format, lines, vertices, edges, landmarks, factors, counts, findings }: LintReport,
  out: string | undefined,
): object {
  const rules = counts.map((rule) => ({ ...rule, repaired: isRepaired(rule, out) ? rule.count : 0 }));
  return {
    command: "lint",
    version: VERSION,
    input: { file, format, lines, vertices, edges, landmarks, factors },
    ...(out !== undefined && { out }),
    rules,
    findings,
  };
}

function lintText(
  file: string,
  { format, lines, vertices, edges, landmarks, factors, counts, findings }: LintReport,
  out: string | undefined,
): string {
  const rules = counts.flatMap((rule) => ruleLines(rule, findings, out));
  const total = (severity: Finding["severity"]): number =>
    counts.reduce((sum, rule) => sum + (rule.severity === severity ? rule.count : 0), 0);
  const totals = [countText(total("error"), "error"), countText(total("warning"), "warning"), countText(total("note"), "note")].join(", ");
  const repairable = counts.reduce((sum, rule) => sum + (rule.repair === undefined ? 0 : rule.count), 0);
  const extras = landmarks + factors === 0 ? "" : `, ${countText(landmarks, "landmark")}, ${countText(factors, "factor")}`;
  const end = out === undefined ? `${repairable} can be repaired by --repair --out FILE` : `${repairable} repaired in ${out}`;
  return [
    `${file}: ${format}, ${countText(lines, "line")}, ${vertices} vertices, ${countText(edges, "edge")}${extras}`,
    ...rules,
    repairable > 0 ? `${totals}; ${end}` : totals,
    "",
  ].join("\n");
}

function ruleLines(rule: RuleCount, findings: readonly Finding[], out: string | undefined): string[] {
  const found = findings.filter((finding) => finding.rule === rule.rule);
  const shown = found.slice(0, SHOWN_LINES).map(({ line }) => line);
  const more = rule.count > shown.length ? ", ..." : "";
  const remedy = rule.repair === undefined ? ["try", rule.advice] : [isRepaired(rule, out) ? "repaired" : "repair", rule.repair];
  return [
    `${rule.severity} ${rule.rule}: ${countText(rule.count, "time")}, line${rule.count === 1 ? "" : "s"} ${shown.join(", ")}${more}`,
    `  ${found[0]!.line}: ${found[0]!.message}`,
    `  why: ${rule.why}`,
    ...(remedy[1] === undefined ? [] : [`  ${remedy.join(": ")}`]),
  ];
}
