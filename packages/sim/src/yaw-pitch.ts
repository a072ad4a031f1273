import { cos, sin } from "@slam/float";

/** out <- the quaternion of Rz(yaw) Ry(pitch); its x axis is (cos yaw cos pitch, sin yaw cos pitch, -sin pitch). */
export function writeYawPitch(yaw: number, pitch: number, out: Float64Array, o: number): void {
  const cy = cos(yaw / 2);
  const sy = sin(yaw / 2);
  const cp = cos(pitch / 2);
  const sp = sin(pitch / 2);
  out[o] = -sy * sp;
  out[o + 1] = cy * sp;
  out[o + 2] = sy * cp;
  out[o + 3] = cy * cp;
}
