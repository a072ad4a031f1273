import { revisits } from "@slam/sim";
import { FRAMES } from "./estimation.ts";
import { estimationProblem } from "./estimation-problem.ts";
import { graphPoses, graphTruth, type Scene } from "./scene.ts";

/** Where the two normal matrices have blocks that are not zero. */
export interface PatternTask {
  readonly kind: "pattern";
  readonly id: string;
  readonly scene: string;
  /** Poses of the graph, at most. */
  readonly poses: number;
  readonly seed: number;
}

/** Blocks on and below the diagonal, [row, column] one after the other. */
export interface Pattern {
  readonly size: number;
  readonly blocks: readonly number[];
}

export interface PatternResult {
  readonly kind: "pattern";
  readonly id: string;
  readonly scene: string;
  /** Of a window: its poses first, then its landmarks. */
  readonly bundle: Pattern;
  /** Of the same window's poses, once the landmarks are eliminated. */
  readonly reduced: Pattern;
  readonly graph: Pattern;
}

export function runPattern({ id, scene: name, poses, seed }: PatternTask, scene: Scene): PatternResult {
  const { bundle } = estimationProblem(scene, 0, FRAMES, seed);
  const seenBy: number[][] = Array.from({ length: bundle.points.length / 3 }, () => []);
  bundle.point.forEach((point, i) => {
    seenBy[point].push(bundle.camera[i]);
  });
  const sights = seenBy.flatMap((cameras, point) => cameras.map((camera): Block => [FRAMES + point, camera]));
  const together = seenBy.flatMap((cameras) => cameras.flatMap((a) => cameras.filter((b) => b < a).map((b): Block => [a, b])));
  const count = Math.min(poses, graphPoses(scene));
  const { from, to } = revisits(graphTruth(scene, count), { radius: scene.radius, seed });
  const edges = [...from.keys()].map((k): Block => [to[k], from[k]]);
  return {
    kind: "pattern",
    id,
    scene: name,
    bundle: patternOf(FRAMES + seenBy.length, sights),
    reduced: patternOf(FRAMES, together),
    graph: patternOf(count, edges),
  };
}

type Block = readonly [row: number, column: number];

/** The diagonal, and these below it, each once. */
function patternOf(size: number, below: readonly Block[]): Pattern {
  const numbers = new Set([...Array.from({ length: size }, (_, k) => k * size + k), ...below.map(([row, column]) => row * size + column)]);
  return { size, blocks: [...numbers].sort((a, b) => a - b).flatMap((k) => [Math.floor(k / size), k % size]) };
}
