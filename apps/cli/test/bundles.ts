import { newProjection, snavely } from "@slam/camera";

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

/** A BAL problem near its optimum but for the second camera, which is so much off along x. */
export function balText(away: number): string {
  const out = newProjection(snavely);
  const lines = [`${CENTRES.length} ${POINTS.length} ${CENTRES.length * POINTS.length}`];
  for (const [k, [x, y, z]] of POINTS.entries()) {
    for (const [c, centre] of CENTRES.entries()) {
      snavely.project(LENS, [x! - centre, y!, z!], out, false);
      lines.push(`${c} ${k} ${out.value[0]!.toFixed(1)} ${out.value[1]!.toFixed(1)}`);
    }
  }
  // P = R X + t: t is minus the centre.
  for (const [c, centre] of CENTRES.entries()) lines.push("0 0 0", `${-centre - (c === 1 ? away : 0)} 0 0`, LENS.join(" "));
  for (const point of POINTS) lines.push(point.join(" "));
  return `${lines.join("\n")}\n`;
}
