import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** SLAM_DATA, or shared/data beside the repository. */
const folder = process.env.SLAM_DATA ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));

/** Whether the public data sets are here: `test.skipIf(!hasPublicData)`. */
export const hasPublicData: boolean = existsSync(folder);

/** A file of the data folder, such as "trajectories/kitti/00.txt". */
export function publicData(path: string): Uint8Array {
  return new Uint8Array(readFileSync(`${folder}/${path}`));
}
