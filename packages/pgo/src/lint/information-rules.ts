import type { Findings } from "./findings.ts";
import { eigenOf, informationLayout, informationOf, isSound, leastPositive, nearestSemidefinite } from "./information.ts";
import { lintInformationOrder } from "./information-order.ts";
import type { LintFile } from "./lint-file.ts";
import { shortText } from "./short-text.ts";
import { lintTransposedBlocks } from "./transposed-block.ts";

/** Sums of terms that span more lose the least ones to four digits in fp64. */
const MAX_RANGE = 1e12;

/** Indefinite matrices: those of a known cause, then all others. */
export function lintIndefinite(file: LintFile, findings: Findings): void {
  const isIndefinite = (k: number): boolean => !isSound(file.type(k), file.values(k));
  const indefinite = [...file.records("edge")].filter(isIndefinite);
  lintInformationOrder(file, findings, indefinite);
  lintTransposedBlocks(file, findings, indefinite.filter(isIndefinite));
  for (const k of [...file.records("edge", "factor")].filter(isIndefinite)) repairIndefinite(file, findings, k);
}

function repairIndefinite(file: LintFile, findings: Findings, k: number): void {
  const type = file.type(k);
  const values = file.values(k);
  const { begin, dof, places } = informationLayout(type);
  const eigenvalues = eigenOf(informationOf(type, values), dof).values;
  const range = `${shortText(eigenvalues[0])} to ${shortText(eigenvalues[eigenvalues.length - 1])}`;
  findings.report("indefinite-information", file.line(k), `information of ${file.name(k)} has eigenvalues from ${range}`);
  const triangle = new Float64Array(places.length);
  places.forEach((place, i) => {
    triangle[place] = values[begin + i];
  });
  const nearest = nearestSemidefinite(triangle, dof);
  places.forEach((place, i) => {
    values[begin + i] = nearest[place];
  });
  if (isSound(type, values)) file.change(k, values);
  else file.setAside(k, "indefinite-information"); // the nearest one is beyond fp64
}

/** Edges without weight, and eigenvalues that span more than fp64 sums. */
export function lintInformationRange(file: LintFile, findings: Findings): void {
  let [least, largest, leastLine, largestLine] = [Infinity, 0, 0, 0];
  for (const k of file.records("edge", "factor")) {
    const triangle = informationOf(file.type(k), file.values(k));
    if (triangle.every((w) => w === 0)) {
      findings.report("zero-information", file.line(k), `information of ${file.name(k)} is zero`);
      continue;
    }
    const { values } = eigenOf(triangle, informationLayout(file.type(k)).dof);
    const top = values[values.length - 1];
    const low = leastPositive(values);
    if (low < least) [least, leastLine] = [low, file.line(k)];
    if (top > largest) [largest, largestLine] = [top, file.line(k)];
  }
  if (largest > MAX_RANGE * least) {
    const range = `from ${shortText(least)} here to ${shortText(largest)} on line ${largestLine}`;
    findings.report("information-range", leastLine, `the eigenvalues of the information span ${shortText(largest / least)}, ${range}`);
  }
}
