import { type Dropped, SlidingWindow } from "@slam/ba";
import { checkLength, OptionError } from "@slam/errors";
import { se3 } from "@slam/lie";
import type { PoseGraph } from "@slam/pgo";
import { type UnitCamera, unitCamera } from "./camera.ts";
import type { Frame } from "./front-end.ts";
import { edgeInformation } from "./information.ts";
import { LandmarkMap } from "./landmark-map.ts";
import { LiveTracks } from "./live-tracks.ts";
import { LoopCloser, type LoopCounts } from "./loops/loop-closer.ts";
import { MotionModel } from "./motion-model.ts";
import { type OdometryOptions, type Settings, settingsOf, windowPolicy } from "./options.ts";
import { DESCRIPTOR_BYTES } from "./places/hamming.ts";
import type { Place } from "./places/place.ts";
import { resect } from "./resect.ts";
import { rowsOf } from "./rows.ts";
import { type GraphSolution, solveGraph } from "./solve-graph.ts";
import { Tally, type WindowTally } from "./tally.ts";

const SIZE = 7;

/** Of a rate: a frame that comes a tenth of a period early is on time. */
const EARLY = 0.1;

/** Standard deviations in metres and radians between two key frames that nothing ties: they may be anywhere. */
const LOST = { translation: 100, rotation: 3 };

/** A key frame that has not left the window yet, for its place. */
interface Pending {
  readonly id: number;
  readonly time: number;
  readonly track: Int32Array;
  readonly measurements: Float64Array;
  readonly descriptors: Uint8Array | undefined;
}

/** Where it has all been: n key frames. */
export interface OdometryResult {
  /** Seconds. */
  readonly times: Float64Array;
  /** n x 7, worldFromCamera: as the windows left them, no loop closed. */
  readonly odometry: Float64Array;
  /** n x 7: corrected by the loops. */
  readonly poses: Float64Array;
  /** Key frames, odometry and the loops that are believed; its poses are `poses`, its ids count key frames. */
  readonly graph: PoseGraph;
  /** Positions of the landmarks that two key frames or more saw, moved with the key frame that saw them last; 3 numbers each, and the tracks they are of. */
  readonly map: { readonly tracks: Int32Array; readonly points: Float64Array };
  readonly loops: LoopCounts;
  /** Key frames that nothing tied to the one before: each is where it would be had the motion gone on. */
  readonly lost: readonly number[];
  /** Of the last solve of the graph, in the policy's formats; undefined without a loop. */
  readonly final?: GraphSolution["report"];
  /** What all windows together did. */
  readonly windows: WindowTally;
  readonly dropped: Dropped;
  /** Of each key frame: milliseconds for the window and for the graph with its loops. */
  readonly milliseconds: { readonly window: Float64Array; readonly graph: Float64Array };
}

/**
 * Visual odometry with loops closed: frames become key frames, a sliding window of them is adjusted, and what leaves it becomes a chain of poses in a graph, which loops correct.
 *
 * A key frame starts where the motion so far takes it, moved to where the landmarks that are known are seen from. When it leaves the window its pose is final but for loops: the edge from it to the next has the
 * window's relative pose and its marginal covariance there, given all that the window knows. Edges are treated as independent, which they are not quite: what two of them share, landmarks that both see, lets the chain drift less
 * than they say. Its place is then looked for among the earlier ones, `window` key frames after it was seen.
 */
export class Odometry {
  readonly #settings: Settings;
  readonly #camera: UnitCamera;
  readonly #window: SlidingWindow;
  readonly #closer: LoopCloser;
  readonly #motion: MotionModel;
  readonly #tracks = new LiveTracks();
  readonly #map = new LandmarkMap();
  readonly #tally = new Tally();
  readonly #pending: Pending[] = [];
  readonly #times: number[] = [];
  readonly #poses: Float64Array[] = [];
  readonly #lost: number[] = [];
  readonly #milliseconds: { readonly window: number[]; readonly graph: number[] } = { window: [], graph: [] };
  #result: OdometryResult | undefined;

  /** @throws OptionError, DimensionError for options out of range, and for a camera that does not measure depth. */
  constructor(options: OdometryOptions) {
    const settings = settingsOf(options);
    const { window: size, linear, loss, policy, ftol, maxIterations } = settings;
    this.#settings = settings;
    this.#camera = unitCamera(options.camera);
    const start = startOf(options.start);
    const { model, intrinsics } = this.#camera;
    this.#window = new SlidingWindow({ model, intrinsics, size, linear, loss, ftol, maxIterations, policy: windowPolicy(policy) });
    this.#closer = new LoopCloser(this.#camera, settings, start);
    this.#motion = new MotionModel(start);
  }

  /**
   * Takes a frame. One that comes too soon after the last key frame is left out.
   *
   * @returns the id of the key frame that it became.
   * @throws OptionError, DimensionError for a frame that contradicts itself or comes before the last; nothing has then changed. OptionError after `finish`.
   */
  addFrame(frame: Frame): number | undefined {
    if (this.#result !== undefined) throw new OptionError("addFrame", { expected: "odometry that goes on", actual: "finished" });
    const pending = this.#checked(frame);
    const last = this.#times.at(-1);
    if (last !== undefined && (pending.time - last) * this.#settings.rate < 1 - EARLY) return undefined;
    const graphMilliseconds = this.#makeRoom();
    const began = performance.now();
    this.#addKeyFrame(pending);
    this.#milliseconds.window.push(performance.now() - began);
    this.#milliseconds.graph.push(graphMilliseconds);
    return pending.id;
  }

  #checked({ time, track, measurements, descriptors }: Frame): Pending {
    const last = this.#times.at(-1) ?? Number.NEGATIVE_INFINITY;
    if (!(time > last && time < Number.POSITIVE_INFINITY)) {
      throw new OptionError("frame.time", { expected: `a time after ${last} s`, actual: time });
    }
    const count = track.length;
    checkLength("frame.measurements", measurements.length, count * this.#camera.rows);
    if (descriptors !== undefined) checkLength("frame.descriptors", descriptors.length, count * DESCRIPTOR_BYTES);
    const tracks = Int32Array.from(track);
    const wrong = tracks.findIndex((own, at) => own !== track[at]);
    if (wrong >= 0) throw new OptionError(`frame.track[${wrong}]`, { expected: "a whole number of 32 bits", actual: track[wrong] });
    const repeated = count - new Set(tracks).size;
    if (repeated > 0) throw new OptionError("frame.track", { expected: "no track twice", actual: `${repeated} repeated` });
    const whitened = this.#camera.whiten(measurements);
    const bad = whitened.findIndex((z) => !Number.isFinite(z));
    if (bad >= 0) throw new OptionError(`frame.measurements[${bad}]`, { expected: "a finite number", actual: measurements[bad] });
    return { id: this.#times.length, time, track: tracks, measurements: whitened, descriptors: descriptors?.slice() };
  }

  /** Where the window is full: what is to leave it goes into the graph. @returns the milliseconds that took. */
  #makeRoom(): number {
    const frames = this.#window.keyFrames;
    if (frames.length < this.#settings.window) return 0;
    const began = performance.now();
    this.#settle(frames[0], frames[1]);
    return performance.now() - began;
  }

  #addKeyFrame(pending: Pending): void {
    const { id, time, track, measurements } = pending;
    const { onEvent, loss, timeBudget } = this.#settings;
    const { located, points } = this.#tracks.located(track);
    const guess = this.#motion.guess(time);
    const seen = { points, measurements: rowsOf(measurements, located, this.#camera.rows) };
    const pose = located.length < 3 ? guess : resect(this.#camera, seen, guess, 2 * loss.C);
    this.#window.addKeyFrame({ pose, landmark: track, measurements });
    this.#tracks.see(track);
    this.#pending.push(pending);
    this.#times.push(time);
    onEvent?.({ kind: "key-frame", id, time, pose: this.#corrected(pose), observations: track.length, known: located.length });
    const report = this.#window.solve({ timeBudget });
    this.#tracks.locate(this.#window.landmarks);
    this.#tally.add(report);
    const frames = this.#window.keyFrames;
    this.#motion.follow(frames.slice(-2), this.#times);
    onEvent?.({ kind: "window-solved", id, pose: this.#corrected(frames.at(-1)!.pose), report });
  }

  /** A pose of the window's world, in the corrected one: by what the oldest key frame in the window has been moved by. */
  #corrected(pose: Float64Array): Float64Array {
    const oldest = this.#window.keyFrames[0];
    const corrected = new Float64Array(SIZE);
    se3.relative(oldest.pose, 0, pose, 0, corrected, 0);
    se3.compose(this.#closer.pose(oldest.id), 0, corrected, 0, corrected, 0);
    se3.normalize(corrected, 0, corrected, 0);
    return corrected;
  }

  /** The oldest key frame but those before it is final: it goes into the graph with the edge to the next one, and its place is looked for. */
  #settle(
    { id, pose }: { readonly id: number; readonly pose: Float64Array },
    next: { readonly id: number; readonly pose: Float64Array } | undefined,
  ): void {
    const final = new Float64Array(SIZE);
    se3.normalize(pose, 0, final, 0);
    this.#poses.push(final);
    if (next !== undefined) {
      const measurement = new Float64Array(SIZE);
      se3.relative(pose, 0, next.pose, 0, measurement, 0);
      se3.normalize(measurement, 0, measurement, 0);
      const information = knownInformation(this.#window.relativeCovariance(id, next.id));
      if (information === undefined) this.#lost.push(next.id);
      const edge = { from: id, to: next.id, measurement, information: information ?? lostInformation() };
      this.#closer.addKeyFrame(edge, information !== undefined);
    }
    const settled = this.#pending.shift()!;
    const place = this.#placeOf(settled, pose);
    this.#tracks.settle(settled.track);
    this.#map.add(place);
    this.#closer.close(place);
  }

  /** What of a key frame was located. */
  #placeOf({ descriptors, ...frame }: Pending, pose: Float64Array): Place {
    const { located, points } = this.#tracks.located(frame.track);
    const inverse = new Float64Array(SIZE);
    se3.inverse(pose, 0, inverse, 0);
    for (let k = 0; k < points.length; k += 3) se3.act(inverse, 0, points, k, points, k);
    return {
      id: frame.id,
      time: frame.time,
      track: located.map((at) => frame.track[at]),
      points,
      measurements: rowsOf(frame.measurements, located, this.#camera.rows),
      ...(descriptors && { descriptors: rowsOf(descriptors, located, DESCRIPTOR_BYTES) }),
    };
  }

  /**
   * Ends it: what is in the window goes into the graph, loops are looked for once more, and where there are any the graph is solved from where it is, in the formats of the policy.
   *
   * @returns the same every time. @throws OptionError where there was no frame.
   */
  finish(): OdometryResult {
    if (this.#times.length === 0) throw new OptionError("finish", { expected: "a frame", actual: "none" });
    this.#result ??= this.#finished();
    return this.#result;
  }

  #finished(): OdometryResult {
    const frames = this.#window.keyFrames;
    for (const [k, frame] of frames.entries()) this.#settle(frame, frames[k + 1]);
    const loops = this.#closer.finish();
    const solution = loops.accepted > 0 ? solveGraph(this.#closer.graph, this.#settings.policy) : undefined;
    const graph = solution?.graph ?? this.#closer.graph;
    return {
      times: Float64Array.from(this.#times),
      odometry: Float64Array.from(this.#poses.flatMap((pose) => [...pose])),
      poses: graph.poses,
      graph,
      map: this.#map.at(graph.poses),
      loops,
      lost: [...this.#lost],
      ...(solution && { final: solution.report }),
      windows: this.#tally.sum,
      dropped: this.#window.dropped,
      milliseconds: { window: Float64Array.from(this.#milliseconds.window), graph: Float64Array.from(this.#milliseconds.graph) },
    };
  }
}

function startOf(start: ArrayLike<number> = [0, 0, 0, 0, 0, 0, 1]): Float64Array {
  checkLength("start", start.length, SIZE);
  const pose = Float64Array.from(start);
  const norm = Math.sqrt(pose.subarray(3).reduce((sum, x) => sum + x * x, 0));
  if (!(Math.abs(norm - 1) < 1e-6) || !pose.every(Number.isFinite)) {
    throw new OptionError("start", { expected: "a pose with a quaternion of unit length", actual: `[${pose.join(", ")}]` });
  }
  se3.normalize(pose, 0, pose, 0);
  return pose;
}

/** The information of an edge that is known better than those that are not. */
function knownInformation(covariance: Float64Array | undefined): Float64Array | undefined {
  const isKnown = covariance?.every((value, k) => k % 7 > 0 || value < (k < 21 ? LOST.translation : LOST.rotation) ** 2);
  return isKnown ? edgeInformation(covariance!) : undefined;
}

function lostInformation(): Float64Array {
  const covariance = new Float64Array(36);
  for (let k = 0; k < 6; k++) covariance[7 * k] = (k < 3 ? LOST.translation : LOST.rotation) ** 2;
  return edgeInformation(covariance)!;
}
