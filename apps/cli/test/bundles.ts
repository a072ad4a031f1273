import { type CameraModel, newProjection, pinhole, snavely, stereo } from "@slam/camera";

/** Three cameras a metre apart along x that look down -z, without rotation, and five points that all of them have measured to a tenth of a pixel. */
const CENTRES = [-1, 0, 1];
const POINTS = [
  [-1, -1, -4],
  [1, -1, -5],
  [1, 1, -4.5],
  [-1, 1, -5.5],
  [0, 0.5, -6],
];
const LENS = [500, -0.1, 0.01];

/** What a camera that looks along z, and one that looks along -z, measures of a point; to a tenth of a pixel. */
function pixels(model: CameraModel, lens: readonly number[], centre: number, [x, y, z]: readonly number[]): readonly string[] {
  const out = newProjection(model);
  model.project(lens, [x! - centre, y!, model === snavely ? z! : -z!], out, false);
  return Array.from(out.value, (value) => value.toFixed(1));
}

/** A BAL problem near its optimum but for the second camera, which is so much off along x. */
export function balText(away: number): string {
  const lines = [`${CENTRES.length} ${POINTS.length} ${CENTRES.length * POINTS.length}`];
  for (const [k, point] of POINTS.entries()) {
    for (const [c, centre] of CENTRES.entries()) lines.push(`${c} ${k} ${pixels(snavely, LENS, centre, point).join(" ")}`);
  }
  // P = R X + t: t is minus the centre.
  for (const [c, centre] of CENTRES.entries()) lines.push("0 0 0", `${-centre - (c === 1 ? away : 0)} 0 0`, LENS.join(" "));
  for (const point of POINTS) lines.push(point.join(" "));
  return `${lines.join("\n")}\n`;
}

/** The same scene turned to look along z, as a stereo problem: its first camera is 10, the next 11; the second is off. */
export function stereoTexts(away: number): { readonly [name: string]: string } {
  const lens = [500, 500, 320, 240, 0.5];
  const pose = (c: number, x: number): string => `${10 + c} 1 0 0 ${x} 0 1 0 0 0 0 1 0 0 0 0 1\n`;
  const factors = POINTS.flatMap((point, k) =>
    CENTRES.map((centre, c) => {
      const [x, y, z] = point;
      return `${10 + c} ${k} ${pixels(stereo, lens, centre, point).join(" ")} ${x! - centre} ${y} ${-z!}\n`;
    }),
  );
  return {
    "VO_calibration7.txt": "500 500 0 320 240 0.5",
    "VO_camera_poses7.txt": CENTRES.map((centre, c) => pose(c, centre + (c === 1 ? away : 0))).join(""),
    "VO_stereo_factors7.txt": factors.join(""),
  };
}

/** The same scene as a model of COLMAP: images 1 to 3 of camera 5; the second is off. */
export function colmapTexts(away: number): { readonly [name: string]: string } {
  const lens = [500, 500, 320, 240];
  const images = CENTRES.map((centre, c) => {
    const features = POINTS.map((point, k) => `${pixels(pinhole, lens, centre, point).join(" ")} ${k}`);
    return `${c + 1} 1 0 0 0 ${-centre - (c === 1 ? away : 0)} 0 0 5 ${c}.jpg\n${features.join(" ")} 1 1 -1\n`;
  });
  return {
    "cameras.txt": "5 SIMPLE_PINHOLE 640 480 500 320 240\n",
    "images.txt": images.join(""),
    "points3D.txt": POINTS.map(([x, y, z], k) => `${k} ${x} ${y} ${-z!} ${k} 100 200 1 1 ${k} 2 ${k} 3 ${k}\n`).join(""),
  };
}
