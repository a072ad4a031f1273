import { median } from "@slam/bench";

/** Of a report of `slam pgo`, what is used here. */
export interface SolveJson {
  readonly input: { readonly poses: number; readonly edges: number };
  readonly termination: string;
  readonly cost: { readonly final: number };
  readonly linear: { readonly cgIterations: number; readonly factorizations: number; readonly preconditionSeconds: number };
  readonly seconds: {
    readonly solve: number;
    readonly initialize: number;
    readonly linearize: number;
    readonly factorize: number;
    readonly linearSolve: number;
    readonly update: number;
  };
  readonly memoryBytes: number;
  readonly ate?: { readonly rmse: number };
}

/** All solves of one graph in one policy. */
export interface Case {
  readonly policy: string;
  readonly refresh: string;
  readonly runs: SolveJson[];
}

/** Seconds are medians over the turns. */
export interface Figures {
  readonly graph: string;
  readonly poses: number;
  readonly edges: number;
  readonly policy: string;
  readonly refresh: string;
  readonly solve: number;
  readonly initialize: number;
  readonly linearize: number;
  readonly factorize: number;
  readonly linearSolve: number;
  readonly update: number;
  /** The linear solve's time over that in fp32, turn by turn. */
  readonly ofSingle: number;
  /** The whole solve's, likewise. */
  readonly solveOfSingle: number;
  /** Of the linear solve's time. */
  readonly preconditionShare: number;
  readonly cgIterations: number;
  readonly factorizations: number;
  /** Relative to the same refresh in fp64. */
  readonly costAbove: number | undefined;
  readonly ate: number | undefined;
  readonly memoryBytes: number;
  readonly termination: string;
}

export function figuresOf(graph: string, cases: readonly Case[]): readonly Figures[] {
  return cases.map(({ policy, refresh, runs }) => {
    const same = (name: string): readonly SolveJson[] => cases.find((other) => other.policy === name && other.refresh === refresh)!.runs;
    const [single, exact] = [same("fp32"), same("fp64")[0]];
    const of = (phase: keyof SolveJson["seconds"]): number => median(runs.map(({ seconds }) => seconds[phase]));
    const ratio = (phase: "solve" | "linearSolve"): number =>
      median(runs.map(({ seconds }, turn) => seconds[phase] / single[turn].seconds[phase]));
    const [first] = runs;
    return {
      graph,
      poses: first.input.poses,
      edges: first.input.edges,
      policy,
      refresh,
      solve: of("solve"),
      initialize: of("initialize"),
      linearize: of("linearize"),
      factorize: of("factorize"),
      linearSolve: of("linearSolve"),
      update: of("update"),
      ofSingle: ratio("linearSolve"),
      solveOfSingle: ratio("solve"),
      preconditionShare: median(runs.map(({ linear, seconds }) => linear.preconditionSeconds / seconds.linearSolve)),
      cgIterations: first.linear.cgIterations,
      factorizations: first.linear.factorizations,
      costAbove: exact === first ? undefined : first.cost.final / exact.cost.final - 1,
      ate: first.ate?.rmse,
      memoryBytes: median(runs.map((run) => run.memoryBytes)),
      termination: first.termination,
    };
  });
}
