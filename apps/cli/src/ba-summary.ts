import pc from "picocolors";
import type { BaReport } from "./ba-report.ts";
import { bundleDeviationTexts } from "./bundle-covariance.ts";
import { endText, solverLines } from "./solver-summary.ts";
import { costText, countText } from "./text.ts";

/** What became of a bundle, and what ran in which precision, for reading on a terminal. */
export function baSummary(report: BaReport, colors: boolean): string {
  const { bold } = pc.createColors(colors);
  const { input, cost, policy, unseen, covariance } = report;
  const { file, format, cameras, points, observations } = input;
  const counts = [countText(cameras, "camera"), countText(points, "point"), countText(observations, "observation")];
  const lines = [
    `${bold(file)}: ${format}, ${counts.join(", ")}, policy ${policy.name}`,
    endText(report, colors),
    `cost      ${bold(costText(cost.final))}, from ${costText(cost.initial)} in the file: ${cost.convention}`,
    ...(unseen > 0 ? [`unseen    ${countText(unseen, "observation")} of points that their cameras do not see`] : []),
    ...(covariance ? bundleDeviationTexts(covariance).map(({ name, text }) => `deviation ${name}: ${text}`) : []),
    ...solverLines(report),
  ];
  return `${lines.join("\n")}\n`;
}
