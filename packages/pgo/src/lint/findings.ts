import { RULES, type RuleName, type Severity } from "./rules.ts";

/** Something in a file that stops or misleads solvers, or is worth knowing. */
export interface Finding {
  readonly rule: RuleName;
  readonly severity: Severity;
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
  readonly why: string;
  /** What the repair does here; absent where there is none, and then `advice` may say what to try. */
  readonly repair?: string;
  readonly advice?: string;
}

/** How often a rule found something. */
export interface RuleCount extends Pick<Finding, "rule" | "severity" | "why" | "repair" | "advice"> {
  readonly count: number;
}

/** So many findings of a rule are kept; the others are counted. */
const MAX_FINDINGS = 10_000;

export class Findings {
  readonly #kept: Finding[] = [];
  readonly #counts = new Map<RuleName, number>();

  report(rule: RuleName, line: number, message: string): void {
    const count = this.count(rule) + 1;
    this.#counts.set(rule, count);
    if (count <= MAX_FINDINGS) this.#kept.push({ rule, line, message, ...RULES[rule] });
  }

  count(rule: RuleName): number {
    return this.#counts.get(rule) ?? 0;
  }

  /** By line. */
  all(): Finding[] {
    return this.#kept.toSorted((a, b) => a.line - b.line);
  }

  /** Of the rules that found something, in their order. */
  counts(): RuleCount[] {
    const found = (Object.keys(RULES) as RuleName[]).filter((rule) => this.#counts.has(rule));
    return found.map((rule) => ({ rule, ...RULES[rule], count: this.count(rule) }));
  }
}
