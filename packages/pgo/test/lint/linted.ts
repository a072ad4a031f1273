import { type LintReport, lintG2o } from "../../src/lint/lint.ts";
import { ascii, textOf } from "../io/ascii.ts";

/** What lint says of a g2o file of these lines, each as "rule line". */
export function found(...lines: readonly string[]): string[] {
  return namesOf(lintG2o(ascii(fileOf(lines))));
}

/** The lines of the g2o file repaired. */
export function repaired(...lines: readonly string[]): string[] {
  return textOf(lintG2o(ascii(fileOf(lines))).repaired())
    .trimEnd()
    .split("\n");
}

export function namesOf({ findings }: LintReport): string[] {
  return findings.map(({ rule, line }) => `${rule} ${line}`);
}

export function fileOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

/** Vertices 0 ... n - 1 on a line, 1 m apart. */
export function chain(n: number): string[] {
  return Array.from({ length: n }, (_, k) => `VERTEX_SE2 ${k} ${k} 0 0`);
}

export function edge(from: number, to: number, information: string = "4 0 0 4 0 9"): string {
  return `EDGE_SE2 ${from} ${to} ${to - from} 0 0 ${information}`;
}
