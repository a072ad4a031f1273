import { type CameraModel, fisheye, pinhole, radialTangential, restrictIntrinsics } from "@slam/camera";

function model(name: string, own: CameraModel, intrinsics: readonly string[], tied: { readonly [own: string]: string } = {}): CameraModel {
  const same = Object.fromEntries(intrinsics.filter((k) => own.intrinsics.includes(k)).map((k) => [k, k]));
  return restrictIntrinsics(own, { name, intrinsics, from: { ...same, ...tied } });
}

const ONE_FOCAL = { fx: "f", fy: "f" };

/**
 * The camera models of COLMAP that are ours with fewer intrinsics, by COLMAP's names and in its order of parameters.
 *
 * @see https://github.com/colmap/colmap, src/colmap/sensor/models.h.
 */
export const colmapCameras: readonly CameraModel[] = [
  model("SIMPLE_PINHOLE", pinhole, ["f", "cx", "cy"], ONE_FOCAL),
  model("PINHOLE", pinhole, ["fx", "fy", "cx", "cy"]),
  model("SIMPLE_RADIAL", radialTangential, ["f", "cx", "cy", "k"], { ...ONE_FOCAL, k1: "k" }),
  model("RADIAL", radialTangential, ["f", "cx", "cy", "k1", "k2"], ONE_FOCAL),
  model("OPENCV", radialTangential, ["fx", "fy", "cx", "cy", "k1", "k2", "p1", "p2"]),
  model("OPENCV_FISHEYE", fisheye, ["fx", "fy", "cx", "cy", "k1", "k2", "k3", "k4"]),
  model("SIMPLE_RADIAL_FISHEYE", fisheye, ["f", "cx", "cy", "k"], { ...ONE_FOCAL, k1: "k" }),
  model("RADIAL_FISHEYE", fisheye, ["f", "cx", "cy", "k1", "k2"], ONE_FOCAL),
];
