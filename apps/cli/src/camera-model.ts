import { colmapCameras } from "@slam/ba";
import { type CameraModel, snavely, stereo } from "@slam/camera";

/** Of all that are read from files. */
const MODELS: readonly CameraModel[] = [snavely, stereo, ...colmapCameras];

/** The camera model of this name. */
export function cameraModel(name: string): CameraModel {
  const model = MODELS.find((known) => known.name === name);
  if (model === undefined) throw new Error(`bug: no camera model ${name}`);
  return model;
}
