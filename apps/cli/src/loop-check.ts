import { SlamError } from "@slam/errors";
import { findConsistentLoops, type LoopCheck, type LossReport, type PoseGraph, withoutEdges } from "@slam/pgo";
import { InputError } from "./failure.ts";
import { countText } from "./text.ts";

/** What `--pcm` found, as a report has it. Edges are numbered as in the file. */
export interface LoopCheckReport extends LoopCheck {
  /** Not part of the solve's. */
  readonly seconds: number;
}

/**
 * The graph without the loops that do not agree with the others, and which these are.
 *
 * @throws InputError where the graph has more loops than can be tested.
 */
export function checkLoops(
  file: string,
  graph: PoseGraph,
  quantile: number | undefined,
): { readonly graph: PoseGraph; readonly report: LoopCheckReport } {
  const began = performance.now();
  try {
    const check = findConsistentLoops(graph, quantile === undefined ? {} : { quantile });
    const rejected = check.rejected.map(({ edge }) => edge);
    return { graph: withoutEdges(graph, rejected), report: { ...check, seconds: (performance.now() - began) / 1000 } };
  } catch (error) {
    throw error instanceof SlamError ? new InputError(`${file}: --pcm: ${error.message}`) : error;
  }
}

/** What a loss reports of the graph without the rejected loops, its edges numbered as in the file. */
export function numberedAsInFile(loss: LossReport, { rejected }: LoopCheck): LossReport {
  const inFile = (edge: number): number => rejected.reduce((number, out) => (out.edge <= number ? number + 1 : number), edge);
  return { ...loss, rejected: loss.rejected.map((row) => ({ ...row, edge: inFile(row.edge) })) };
}

/** "12 of 40 loops rejected, 3 by odometry alone, at quantile 0.9999; 2 untested". */
export function loopCheckText({ loops, rejected, untested, sets, quantile }: LoopCheck): string {
  const alone = rejected.filter(({ against }) => against === "odometry").length;
  const open = untested.length === 0 ? "" : `; ${untested.length} untested`;
  const unproven = sets.some(({ method }) => method === "heuristic") ? "; that no larger set agrees is not proven" : "";
  return `${rejected.length} of ${countText(loops, "loop")} rejected, ${alone} by odometry alone, at quantile ${quantile}${open}${unproven}`;
}

/** "3 - 40 (5 loops, 32.1)" of each loop rejected: what it contradicts, and by how much. */
export function rejectedLoopTexts({ rejected }: LoopCheck): readonly string[] {
  return rejected.map(({ from, to, against, disagrees, squared }) => {
    const why = against === "odometry" ? "odometry" : countText(disagrees!, "loop");
    return `${from} - ${to} (${why}, ${Number(squared.toPrecision(3))})`;
  });
}
