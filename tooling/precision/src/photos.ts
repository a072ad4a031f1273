import type { Bundle } from "@slam/ba";
import { snavely } from "@slam/camera";
import { photos } from "@slam/sim";

/** What a point and a camera of @slam/sim's photo collection are measured, on average. */
const VIEWS = 4.6;
const OBSERVATIONS_A_CAMERA = 500;

/** A photo collection with about so many observations. */
export function photosOf(observations: number): Bundle {
  const poses = Math.max(20, Math.round(observations / OBSERVATIONS_A_CAMERA));
  return { model: snavely, ...photos(snavely, { poses, points: Math.round(observations / VIEWS), seed: 1 }) };
}
