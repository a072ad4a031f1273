import { type BundleSurvey, type Spread, surveyBundle } from "@slam/ba";
import { type BundleFormat, readBundleFile } from "./bundle-file.ts";
import type { ReadBytes } from "./read-bytes.ts";
import { costText, countText } from "./text.ts";

/** What a file of a bundle holds. */
export interface BundleInfo extends BundleSurvey {
  readonly file: string;
  readonly format: BundleFormat;
  /** The camera model. */
  readonly model: string;
}

export async function inspectBundle(file: string, read: ReadBytes): Promise<BundleInfo> {
  const { format, bundle } = await readBundleFile(file, read);
  return { file, format, model: bundle.model.name, ...surveyBundle(bundle) };
}

export function bundleInfoText(found: BundleInfo): string {
  const { file, format, model, cameras, lenses, points, observations, trackLengths, observationsPerCamera } = found;
  const rows = [
    `${file}: ${format}, camera model ${model}`,
    `cameras       ${cameras}, ${countText(lenses, "set")} of intrinsics, ${found.idleCameras} that measure nothing`,
    `points        ${points}, ${found.seenOnce} measured once, ${found.unmeasured} never`,
    `observations  ${observations}, ${found.unseen} of points that their cameras do not see; ${countText(found.parts, "part")}`,
    `track length  ${spreadText(trackLengths)}`,
    `per camera    ${spreadText(observationsPerCamera)}`,
    `cost          ${costText(found.cost)} = 1/2 sum r^2, r in pixels`,
  ];
  return `${rows.join("\n")}\n`;
}

function spreadText({ least, median, mean, largest }: Spread): string {
  return `${least} ... ${largest}, median ${median}, mean ${Number(mean.toPrecision(4))}`;
}
