import type { Findings } from "./findings.ts";
import { eigenOf, informationLayout, informationOf, isSound, trianglePlace } from "./information.ts";
import type { LintFile } from "./lint-file.ts";
import { shortText } from "./short-text.ts";

/**
 * The translation-rotation block B of a 6 x 6 information, written as B'. Proof of it is a matrix that is indefinite as written and semidefinite with
 * B transposed. A matrix that is semidefinite either way proves nothing by itself, but a writer writes all of them alike: where there is proof, it
 * is transposed too, unless another matrix of the file proves the contrary.
 */
export function lintTransposedBlocks(file: LintFile, findings: Findings, indefinite: readonly number[]): void {
  const isCured = (k: number): boolean => {
    const transposed = withTransposedBlock(file, k);
    return transposed !== undefined && isSound(file.type(k), transposed);
  };
  const proven = indefinite.filter(isCured);
  for (const k of proven) {
    const least = eigenOf(informationOf(file.type(k), file.values(k)), 6).values[0];
    const what = `information of ${file.ids(k).join(" -> ")} has the eigenvalue ${shortText(least)}`;
    repair(file, findings, k, `${what}, and none below 0 with its translation-rotation block transposed`);
  }
  if (proven.length === 0) return;
  const found = new Set(indefinite);
  const others = [...file.records("edge")].filter((k) => !found.has(k) && withTransposedBlock(file, k) !== undefined);
  if (!others.every(isCured)) return;
  for (const k of others) {
    repair(
      file,
      findings,
      k,
      `information of ${file.ids(k).join(" -> ")} is definite either way; every one of the file that is not is transposed`,
    );
  }
}

function repair(file: LintFile, findings: Findings, k: number, message: string): void {
  findings.report("transposed-block", file.line(k), message);
  file.change(k, withTransposedBlock(file, k) as Float64Array);
}

/** The record's values with B' for B; undefined where that is the same, in the plane and of similarities. */
function withTransposedBlock(file: LintFile, k: number): Float64Array | undefined {
  const { dimension, similarity } = file.type(k);
  if (dimension !== 3 || similarity !== undefined) return undefined;
  const { begin, places } = informationLayout(file.type(k));
  const values = file.values(k);
  const field = (row: number, column: number): number => begin + places.indexOf(trianglePlace(row, column, 6));
  let differs = false;
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < i; j++) {
      const [upper, lower] = [field(j, 3 + i), field(i, 3 + j)];
      differs ||= values[upper] !== values[lower];
      [values[upper], values[lower]] = [values[lower], values[upper]];
    }
  }
  return differs ? values : undefined;
}
