import type { WindowReport } from "@slam/ba";
import type { UpdateReport } from "@slam/pgo";

/** Two key frames that see the same place, or are said to: the earlier one and the later one. */
export interface LoopEnds {
  readonly from: number;
  readonly to: number;
}

/**
 * Why a loop is not in the graph. "geometry": too few of its landmarks agree on a motion. "mahalanobis": it is farther from what the graph says than chance
 * allows. "inconsistent": it contradicts most of the others, or odometry. "unsupported": too few others agree with it, to the end.
 */
export type Rejection = "geometry" | "mahalanobis" | "inconsistent" | "unsupported";

/** What happens, in its order: what a front end draws from. Arrays are its to keep. */
export type OdometryEvent =
  /** A frame became a key frame; `pose` is the guess, corrected by the loops so far, `known` how many of its landmarks the window has located. */
  | {
      readonly kind: "key-frame";
      readonly id: number;
      readonly time: number;
      readonly pose: Float64Array;
      readonly observations: number;
      readonly known: number;
    }
  /** The window is at its optimum with key frame `id` in it, which is at `pose`, corrected by the loops so far. */
  | { readonly kind: "window-solved"; readonly id: number; readonly pose: Float64Array; readonly report: WindowReport }
  /** A place looks like an earlier one. What becomes of it follows: it is rejected, or among those that correct the graph, now or later. */
  | ({ readonly kind: "loop-found"; readonly pairs?: number } & LoopEnds)
  /** `squared` beyond `bound`, where a chi-square test says so. A loop that was in the graph leaves it. */
  | ({ readonly kind: "loop-rejected"; readonly why: Rejection; readonly squared?: number; readonly bound?: number } & LoopEnds)
  /** Loops came into the graph, or left it, and the poses of its key frames moved: 7 numbers each, in the order of ids. */
  | {
      readonly kind: "graph-corrected";
      readonly added: readonly LoopEnds[];
      readonly removed: readonly LoopEnds[];
      readonly poses: Float64Array;
      readonly report: UpdateReport;
    };
