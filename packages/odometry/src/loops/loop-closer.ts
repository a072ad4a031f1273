import { OptionError } from "@slam/errors";
import type { PoseGraph } from "@slam/pgo";
import { Random } from "@slam/sim";
import type { UnitCamera } from "../camera.ts";
import type { LoopEnds, OdometryEvent, Rejection } from "../events.ts";
import { edgeInformation } from "../information.ts";
import { type Settings, windowPolicy } from "../options.ts";
import type { Place, PlaceMatch } from "../places/place.ts";
import { type Choice, type Edge, LoopGraph } from "./loop-graph.ts";
import { type LoopSettings, type MeasuredLoop, measureLoop } from "./measure-loop.ts";

/** What became of the loops: each that was found is accepted or rejected in the end. */
export interface LoopCounts {
  readonly found: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly why: { readonly [reason in Rejection]: number };
  /** The ends of those that were accepted. */
  readonly ends: readonly LoopEnds[];
}

/** Finds loops, measures them, and lets into the graph those that pass: the Mahalanobis test one by one, then pairwise consistency all together. */
export class LoopCloser {
  readonly #settings: Settings;
  readonly #loopSettings: LoopSettings;
  readonly #graph: LoopGraph;
  readonly #random: Random;
  /** All places, where there is anything that recognises them. */
  readonly #places = new Map<number, Place>();
  /** Rejected for good. */
  readonly #rejected = { geometry: 0, mahalanobis: 0 };
  #found = 0;
  /** The last key frame from which a loop was measured that may be believed. */
  #lastLoop = Number.NEGATIVE_INFINITY;

  constructor(camera: UnitCamera, settings: Settings, start: Float64Array) {
    this.#settings = settings;
    const { leastInliers, linear, loss, policy } = settings;
    this.#loopSettings = { camera, leastInliers, linear, loss, policy: windowPolicy(policy) };
    this.#graph = new LoopGraph(start, settings);
    this.#random = new Random(settings.seed);
  }

  addKeyFrame(edge: Edge, isTied: boolean): void {
    this.#graph.addKeyFrame(edge, isTied);
  }

  pose(id: number): Float64Array {
    return this.#graph.pose(id);
  }

  get graph(): PoseGraph {
    return this.#graph.graph;
  }

  /** Looks for a place among the earlier ones, and closes the loops that it shows. */
  close(place: Place): void {
    const { places, spacing } = this.#settings;
    if (places === undefined) return;
    this.#places.set(place.id, place);
    const matches = places.recognize(place);
    if (place.id - this.#lastLoop < spacing) return;
    const passed = matches.filter((match) => this.#passes(match, place)).length;
    if (passed === 0) return;
    this.#lastLoop = place.id;
    this.#tell(this.#graph.choose());
  }

  /** Whether a loop is measured and nothing speaks against it alone: it then waits for the choice. */
  #passes(match: PlaceMatch, place: Place): boolean {
    const earlier = this.#places.get(match.id);
    if (earlier === undefined || earlier === place) {
      throw new OptionError("recognize: id", { expected: `that of a place before ${place.id}`, actual: match.id });
    }
    if ("pairs" in match) checkPairs(match.pairs, earlier, place);
    const ends = { from: match.id, to: place.id };
    this.#found++;
    this.#emit({ kind: "loop-found", ...ends, ...("pairs" in match && { pairs: match.pairs.length / 2 }) });
    const measured = this.#measured(match, place);
    const information = measured && edgeInformation(measured.covariance);
    if (measured === undefined || information === undefined) {
      this.#rejected.geometry++;
      this.#emit({ kind: "loop-rejected", why: "geometry", ...ends });
      return false;
    }
    const edge = { ...ends, measurement: measured.measurement, information };
    const gated = this.#graph.gate(edge);
    if (gated !== undefined && !gated.isConsistent) {
      const { squared, bound } = gated;
      this.#rejected.mahalanobis++;
      this.#emit({ kind: "loop-rejected", why: "mahalanobis", squared, bound, ...ends });
      return false;
    }
    this.#graph.addLoop(edge);
    return true;
  }

  #measured(match: PlaceMatch, place: Place): Pick<MeasuredLoop, "measurement" | "covariance"> | undefined {
    if (!("pairs" in match)) return match;
    return measureLoop(this.#loopSettings, this.#places.get(match.id)!, place, match.pairs, this.#random);
  }

  #tell({ added, removed, contrary, report }: Choice): void {
    for (const loop of contrary) this.#emit({ kind: "loop-rejected", why: "inconsistent", ...loop });
    if (report !== undefined) this.#emit({ kind: "graph-corrected", added, removed, poses: this.#graph.poses, report });
  }

  /** Rejects what no other loop has come to agree with. */
  finish(): LoopCounts {
    const { unsupported, believed } = this.#graph;
    for (const ends of unsupported) this.#emit({ kind: "loop-rejected", why: "unsupported", ...ends });
    const rejected = this.#found - believed.length;
    const { geometry, mahalanobis } = this.#rejected;
    const inconsistent = rejected - geometry - mahalanobis - unsupported.length;
    return {
      found: this.#found,
      accepted: believed.length,
      rejected,
      why: { geometry, mahalanobis, inconsistent, unsupported: unsupported.length },
      ends: believed,
    };
  }

  #emit(event: OdometryEvent): void {
    this.#settings.onEvent?.(event);
  }
}

/** @throws OptionError for an index that is none of a landmark of its place. */
function checkPairs(pairs: Int32Array, earlier: Place, later: Place): void {
  for (const [k, index] of pairs.entries()) {
    const { id, track } = k % 2 === 0 ? earlier : later;
    if (!(index >= 0 && index < track.length)) {
      throw new OptionError(`recognize: pairs[${k}]`, { expected: `one of ${track.length} landmarks of place ${id}`, actual: index });
    }
  }
}
