import pc from "picocolors";
import type { BaReport } from "./ba-report.ts";
import { bundleDeviationTexts } from "./bundle-covariance.ts";
import { endText, solverLines } from "./solver-summary.ts";
import { costText, countText } from "./text.ts";

/** What became of a bundle, and what ran in which precision, for reading on a terminal. */
export function baSummary(report: BaReport, colors: boolean): string {
  const { bold } = pc.createColors(colors);
  const { input, cost, policy, unseen, scene, covariance, window } = report;
  const special = specialText(report);
  const lines = [
    `${bold(input.file)}: ${inputText(input)}, policy ${policy.name}`,
    endText(report, colors),
    `cost      ${bold(costText(cost.final))}, from ${costText(cost.initial)} in the file: ${cost.convention}`,
    ...(unseen > 0 ? [`unseen    ${countText(unseen, "observation")} of points that their cameras do not see`] : []),
    ...(special === "" ? [] : [`how       ${special}`]),
    ...(scene ? [`scene     ${sceneText(scene)}`] : []),
    ...(window ? [`window    ${windowText(window)}`] : []),
    ...(covariance ? bundleDeviationTexts(covariance).map(({ name, text }) => `deviation ${name}: ${text}`) : []),
    ...solverLines(report),
  ];
  return `${lines.join("\n")}\n`;
}

/** "BAL, 16 cameras, 22106 points, 83718 observations" */
export function inputText({ format, cameras, points, observations }: BaReport["input"]): string {
  return [format, countText(cameras, "camera"), countText(points, "point"), countText(observations, "observation")].join(", ");
}

/** "landmarks by inverse depth, CG until the Q-test": what is not done by default; "" for nothing. */
export function specialText({ landmarks, forcing }: Pick<BaReport, "landmarks" | "forcing">): string {
  return [...(landmarks ? ["landmarks by inverse depth"] : []), ...(forcing ? ["CG until the Q-test"] : [])].join(", ");
}

/** "solved around 400000, 0, 4900000 in units of 8" */
export function sceneText({ origin, unit }: NonNullable<BaReport["scene"]>): string {
  return `solved around ${origin.join(", ")} in units of ${unit}`;
}

/** What a window did, and how long key frames took. */
export function windowText({ size, keyFrames, converged, dropped, milliseconds }: NonNullable<BaReport["window"]>): string {
  const { median, percentile99, largest } = milliseconds;
  const times = `${median.toPrecision(3)} ms a key frame, 99 % within ${percentile99.toPrecision(3)}, ${largest.toPrecision(3)} at most`;
  const left = `${countText(dropped.landmarks, "landmark")} in the prior, ${countText(dropped.discarded, "observation")} discarded`;
  return `of ${size}: ${keyFrames} key frames, ${converged} converged; ${left}; ${times}`;
}
