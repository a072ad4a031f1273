import type { SolveFigure } from "./bench-job.ts";

/** "sphere of 2500 poses, 4949 edges". */
export function problemText({ problem, size }: Pick<SolveFigure, "problem" | "size">): string {
  const counts = Object.entries(size).map(([what, count]) => `${count} ${what}`);
  return `${problem} of ${counts.join(", ")}`;
}
