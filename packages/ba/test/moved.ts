import type { Bundle } from "@slam/ba";

/** The bundle in other coordinates: each place P of it at `scale` P + `shift`. */
export function moved(bundle: Bundle, shift: readonly number[], scale: number = 1): Bundle {
  return {
    ...bundle,
    poses: bundle.poses.map((x, k) => (k % 7 < 3 ? scale * x + shift[k % 7] : x)),
    points: bundle.points.map((x, k) => scale * x + shift[k % 3]),
  };
}
