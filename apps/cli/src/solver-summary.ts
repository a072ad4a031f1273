import { OPERATIONS } from "@slam/nlls";
import pc from "picocolors";
import type { SolverReport, Tally } from "./solver-report.ts";
import { amountText, countText, secondsText } from "./text.ts";
import { textTable } from "./text-table.ts";

/** How a solve ended, and why. */
export function endText({ termination, message }: SolverReport, colors: boolean): string {
  const { green, yellow } = pc.createColors(colors);
  return `${(termination === "converged" ? green : yellow)(termination)}: ${message}`;
}

/** What a solve took, and what ran in which precision. */
export function solverLines(report: SolverReport): readonly string[] {
  const { iterations, linear, method, precision, seconds } = report;
  const phase = (name: string, key: keyof SolverReport["seconds"]): string => `${name} ${secondsText(seconds[key])}`;
  const phases = [
    phase("initialise", "initialize"),
    phase("linearise", "linearize"),
    phase("factorise", "factorize"),
    phase("linear solve", "linearSolve"),
    phase("update", "update"),
  ];
  return [
    `work      ${countText(iterations.length, "iteration")}, ${linear.cgIterations} of CG; ${method}, ${linearText(linear)}: ` +
      `${linear.factorizations} factorised, ${amountText(linear.factorNonzeros)} non-zeros`,
    ...(linear.reason === undefined ? [] : [`solver    ${linear.reason}`]),
    `time      ${secondsText(seconds.solve)}: ${phases.join(", ")}; ${phase("parse", "parse")}`,
    `precision ${precision.overflows} overflows, ${precision.flushed} flushed to zero, ${precision.shifts} shifts, ` +
      `${precision.fallbacks} fallbacks, ${precision.rejectedSteps} steps rejected`,
    precisionTable(report),
  ];
}

function linearText({ solver, preconditioner }: SolverReport["linear"]): string {
  return preconditioner === "none" ? solver : `${solver}, preconditioner ${preconditioner}`;
}

function precisionTable(report: SolverReport): string {
  const table = textTable(["operation", "format", "flops", "bytes"]);
  for (const row of precisionRows(report)) table.push([...row]);
  return table.toString();
}

/** Each operation, its format, and its flops and bytes by format. */
export function precisionRows({ policy, work }: Pick<SolverReport, "policy" | "work">): (readonly string[])[] {
  return OPERATIONS.map((operation) => [operation, policy[operation], tallyText(work.flops, operation), tallyText(work.bytes, operation)]);
}

function tallyText(tally: Tally, operation: keyof Tally): string {
  const amounts = Object.entries(tally[operation] ?? {});
  return amounts.map(([format, amount]) => `${amountText(amount)} ${format}`).join(", ") || "-";
}
