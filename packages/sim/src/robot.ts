import { cos, sin } from "@slam/float";
import { se3 } from "@slam/lie";

/** bodyFromCamera: the body is x ahead, y left, z up; a camera on it that looks ahead is x right, y down, z ahead. */
const LOOKING_AHEAD = Float64Array.of(0, 0, 0, -0.5, 0.5, -0.5, 0.5);

/** out <- worldFromCamera of a camera at a height over the plane, looking where the vehicle is heading. */
export function writeVehicleCamera(x: number, y: number, heading: number, height: number, out: Float64Array, o: number): void {
  const worldFromBody = Float64Array.of(x, y, height, 0, 0, sin(heading / 2), cos(heading / 2));
  se3.compose(worldFromBody, 0, LOOKING_AHEAD, 0, out, o);
  se3.normalize(out, o, out, o);
}
