import { pinhole } from "@slam/camera";
import { ate } from "@slam/eval";
import { se3 } from "@slam/lie";
import { presetPolicy } from "@slam/nlls";
import {
  DescriptorRecognizer,
  type LoopCounts,
  Odometry,
  type OdometryEvent,
  type OdometryOptions,
  type OdometryResult,
  type PlaceMatch,
  PlaceOracle,
  type PlaceRecognizer,
  SIXTEEN_BIT,
} from "@slam/odometry";
import type { Drive } from "@slam/sim";
import { expectSameBits } from "@slam/testing";
import { describe, expect, test, vi } from "vitest";
import { camera, driven, landmarkOf, laps, mean, patrol, squaredErrors } from "./drives.ts";

vi.setConfig({ testTimeout: 60_000 });

const error = (drive: Drive, poses: Float64Array): number => ate(drive.truth, poses, { align: "se3" }).rmse;
const isLoop = (from: number, to: number): boolean => to - from !== 1;

function oracle(drive: Drive, options: Partial<ConstructorParameters<typeof PlaceOracle>[0]> = {}): PlaceOracle {
  return new PlaceOracle({ truth: drive.truth, times: drive.times, recent: 30, ...options });
}

const byDescriptors = (): DescriptorRecognizer => new DescriptorRecognizer({ recent: 30 });
const STATED = { translation: 0.01, rotation: 0.002 };

describe("a robot that comes back", () => {
  test("is five times nearer to where it is with its loops closed, at noise of 1 cm and 2 mrad", () => {
    const drive = laps(1, 6);
    const { odometry, poses, loops, graph, lost } = driven(drive, { places: oracle(drive, { noise: STATED }) });

    expect(lost).toEqual([]);
    expect(error(drive, odometry)).toBeGreaterThan(5 * error(drive, poses));
    expect(loops.accepted).toBeGreaterThan(30);
    expect(loops.found).toBe(loops.accepted + loops.rejected);
    expect(graph.from.length).toBe(drive.times.length - 1 + loops.accepted);
  });

  test("is as near by what landmarks look like as by an oracle that knows them, and moves its map along", () => {
    const drive = laps(2, 3);
    const of = landmarkOf(drive);
    const [seen, told] = [byDescriptors(), oracle(drive, { landmarkOf: of })].map((places) => driven(drive, { places }));
    const distances = (points: Float64Array): number => {
      const all = Array.from(seen.map.tracks, (track, k) => {
        const at = 3 * of(track)!;
        return Math.sqrt([0, 1, 2].reduce((sum, a) => sum + (points[3 * k + a] - drive.landmarks[at + a]) ** 2, 0));
      });
      return all.sort((a, b) => a - b)[all.length >> 1];
    };

    expectSameBits(told.odometry, seen.odometry);
    for (const { poses, odometry } of [seen, told]) expect(error(drive, odometry)).toBeGreaterThan(2.5 * error(drive, poses));
    expect(seen.map.tracks.length).toBeGreaterThan(1000);
    expect(new Set(seen.map.tracks).size).toBe(seen.map.tracks.length);
    expect(distances(seen.map.points)).toBeLessThan(0.7 * distances(driven(drive).map.points));
  });

  test("says honestly how well it knows each step and each loop", () => {
    const drive = patrol(2);
    const result = driven(drive, { places: byDescriptors(), window: 6 });
    const steps = squaredErrors(result, drive.truth, (from, to) => !isLoop(from, to));
    const loops = squaredErrors(result, drive.truth, isLoop);

    expect(steps.length).toBe(drive.times.length - 1);
    expect(mean(steps) / 6).toBeGreaterThan(0.7);
    expect(mean(steps) / 6).toBeLessThan(1.2);
    expect(loops.length).toBeGreaterThan(10);
    expect(mean(loops) / 6).toBeLessThan(1.6);
    expect(error(drive, result.poses)).toBeLessThan(0.6 * error(drive, result.odometry));
  });
});

test("false measurements, five in a hundred, bend the path by little, and no loop is lost for them", () => {
  const clean = driven(laps(3, 2));
  const drive = laps(3, 2, { outliers: 0.05 });
  const { odometry, poses, loops } = driven(drive, { places: byDescriptors() });

  expect(error(drive, odometry)).toBeLessThan(2 * error(drive, clean.odometry));
  expect(loops.accepted).toBeGreaterThan(10);
  expect(loops.rejected).toBe(0);
  expect(error(drive, odometry)).toBeGreaterThan(2 * error(drive, poses));
});

describe("loops that are none", () => {
  test.each([1, 2, 3])("stay out, those of seed %i", (seed) => {
    const drive = laps(seed);
    const result = driven(drive, { places: oracle(drive, { noise: STATED, falsePositives: 0.5, seed }), seed });
    const { loops } = result;

    expect(loops.why.mahalanobis + loops.why.inconsistent).toBeGreaterThan(15);
    expect(loops.accepted).toBeGreaterThan(30);
    // A false one is tens of standard deviations off; of true ones one in a million is beyond this.
    for (const value of squaredErrors(result, drive.truth, isLoop)) expect(value).toBeLessThan(40);
    expect(error(drive, result.odometry)).toBeGreaterThan(4 * error(drive, result.poses));
  });

  test("are not believed where they contradict odometry", () => {
    const drive = laps(1, 2);
    const place = { id: 0, measurement: Float64Array.of(0, 0, 0, 0, 0, 0, 1), covariance: diagonal(1e-4) };
    const events: OdometryEvent[] = [];
    const result = driven(drive, {
      places: { recognize: ({ id }) => (id === 60 ? [place] : []) },
      onEvent: (event) => void events.push(event),
    });

    expect(result.loops).toMatchObject({ found: 1, accepted: 0, rejected: 1, why: { mahalanobis: 1 } });
    expect(events.filter(({ kind }) => kind === "graph-corrected")).toEqual([]);
    expect(result.final).toBe(undefined);
    // The chain is composed anew from its steps.
    expect(ate(result.odometry, result.poses).rmse).toBeLessThan(1e-9);
  });

  test("wait for a second that agrees, and are rejected where none comes", () => {
    const drive = laps(1, 2);
    const truly = (from: number, to: number): Float64Array => {
      const relative = new Float64Array(7);
      se3.relative(drive.truth, 7 * from, drive.truth, 7 * to, relative, 0);
      se3.normalize(relative, 0, relative, 0);
      return relative;
    };
    const told = (ids: readonly number[]): LoopCounts => {
      const places: PlaceRecognizer = {
        recognize: ({ id }) => (ids.includes(id) ? [{ id: id - 40, measurement: truly(id - 40, id), covariance: diagonal(1e-4) }] : []),
      };
      return driven(drive, { places }).loops;
    };

    expect(told([60])).toMatchObject({ found: 1, accepted: 0, why: { unsupported: 1 } });
    expect(told([60, 70])).toMatchObject({ found: 2, accepted: 2, rejected: 0 });
    // Too soon after the last.
    expect(told([60, 62, 70])).toMatchObject({ found: 2, accepted: 2 });
  });
});

test("the same seed gives the same bits, another policy nearly the same numbers", () => {
  const drive = laps(3, 2);
  const run = (options: Partial<OdometryOptions> = {}): OdometryResult =>
    driven(drive, { places: byDescriptors(), ftol: 1e-8, ...options });
  const [first, second, double] = [run(), run(), run({ policy: presetPolicy("fp64") })];

  expectSameBits(second.poses, first.poses);
  expectSameBits(second.graph.information, first.graph.information);
  expectSameBits(second.map.points, first.map.points);
  expect([first.windows.policy?.name, first.windows.linear]).toEqual(["mixed", "cgnr"]);
  expect(first.final?.policy.vectors.name).toBe("fp32");
  expect(double.final?.policy.vectors.name).toBe("fp64");
  const [mixed, full] = [error(drive, first.odometry), error(drive, double.odometry)];
  expect(Math.abs(mixed - full)).toBeLessThan(0.01 * full);
});

test("a policy that rounds every operation to 16 bits is heard in the windows, and makes it worse", () => {
  const precise = { ...camera, sigma: [0.05, 0.05, 0.05] };
  const drive = laps(1, 1, { features: 20 }, precise);
  const run = (name: "naive" | "mixed"): OdometryResult => driven(drive, { camera: precise, policy: presetPolicy(name, SIXTEEN_BIT) });
  const [naive, mixed] = [run("naive"), run("mixed")];

  expect(naive.windows.policy?.name).toBe("naive");
  expect(naive.windows.precision.overflows + naive.windows.precision.flushed).toBeGreaterThan(0);
  expect(mixed.windows.precision.overflows).toBe(0);
  expect(error(drive, naive.odometry)).toBeGreaterThan(1.2 * error(drive, mixed.odometry));
});

test("events come in the order in which things happen", () => {
  const drive = laps(1, 3);
  const events: OdometryEvent[] = [];
  const places = oracle(drive, { noise: STATED, falsePositives: 0.2 });
  const result = driven(drive, { places, window: 5, onEvent: (event) => void events.push(event) });
  const ids = (kind: "key-frame" | "window-solved"): number[] => events.flatMap((event) => (event.kind === kind ? [event.id] : []));
  const corrections = events.filter((event) => event.kind === "graph-corrected");

  expect(ids("key-frame")).toEqual(Array.from(drive.times.keys()));
  expect(ids("window-solved")).toEqual(ids("key-frame"));
  let newest = -1;
  const open = new Set<string>();
  for (const event of events) {
    if (event.kind === "key-frame") newest = event.id;
    if (event.kind === "window-solved") expect(event.id).toBe(newest);
    // What leaves the window is looked for before the next key frame comes in, and all of it at the end.
    if (event.kind === "loop-found") {
      if (newest < drive.times.length - 1) expect(event.to).toBe(newest + 1 - 5);
      open.add(`${event.from} ${event.to}`);
    }
    if (event.kind === "loop-rejected") expect(open.delete(`${event.from} ${event.to}`)).toBe(true);
    if (event.kind === "graph-corrected") for (const { from, to } of event.added) expect(open.delete(`${from} ${to}`)).toBe(true);
  }
  expect(open.size).toBe(0);
  expect(events.some(({ kind }) => kind === "loop-rejected")).toBe(true);
  expect(corrections.flatMap(({ added }) => added)).toEqual(result.loops.ends);
  expect(corrections.every(({ report }) => report.termination === "converged")).toBe(true);
});

test("frames that come too fast are left out", () => {
  const drive = laps(1, 1, { trackLength: 10 });
  const { times } = driven(drive, { rate: 2.5 });

  expect([...times]).toEqual([...drive.times].filter((_, k) => k % 2 === 0));
});

test("a camera that sees nothing for a while goes on as it did, and says which key frames were lost", () => {
  const drive = laps(1, 1);
  const nothing = { track: new Int32Array(0), measurements: new Float64Array(0), descriptors: new Uint8Array(0) };
  const frames = drive.frames.map((frame, k) => {
    if (k < 20) return frame;
    return { ...frame, ...(k < 23 ? nothing : { track: frame.track.map((number) => number + 1_000_000) }) };
  });
  const result = driven({ ...drive, frames });

  expect(result.lost).toEqual([20, 21, 22, 23]);
  expect(result.times.length).toBe(frames.length);
  // As if it had gone on along the circle.
  expect(error(drive, result.poses)).toBeLessThan(0.5);
});

test("a time budget reaches each window: none takes no step, one that is enough changes no bit", () => {
  const drive = laps(1, 1);

  const [none, enough, free] = [0, 60_000, undefined].map((timeBudget) => driven(drive, timeBudget === undefined ? {} : { timeBudget }));

  expect(none.windows).toMatchObject({ iterations: 0, terminations: { "time-budget": 40 } });
  expect(enough.windows.terminations["time-budget"]).toBe(undefined);
  expectSameBits(enough.poses, free.poses);
});

test("one frame is a trajectory too, and none is refused", () => {
  const drive = laps(1, 1);
  const odometry = new Odometry({ camera });

  expect(() => odometry.finish()).toThrow(/a frame/);
  odometry.addFrame({ ...drive.frames[0], time: 5 });
  const result = odometry.finish();
  expect(result.poses).toEqual(Float64Array.of(0, 0, 0, 0, 0, 0, 1));
  expect([...result.times]).toEqual([5]);
  expect(result.map.tracks.length).toBe(0);
  expect(odometry.finish()).toBe(result);
  expect(() => odometry.addFrame({ ...drive.frames[1], time: 6 })).toThrow(/finished/);
});

test("a recognizer that names what is not there is told so", () => {
  const drive = laps(1, 1);
  const told = (match: PlaceMatch) => () => driven(drive, { places: { recognize: ({ id }) => (id === 3 ? [match] : []) } });

  expect(told({ id: 3, pairs: Int32Array.of(0, 0) })).toThrow(/a place before 3/);
  expect(told({ id: 9, pairs: Int32Array.of(0, 0) })).toThrow(/a place before 3/);
  expect(told({ id: 0, pairs: Int32Array.of(0, 0, 0, 99) })).toThrow(/pairs\[3\].*landmarks of place 3/);
});

test("what is wrong is said before anything changes", () => {
  const odometry = new Odometry({ camera });
  const frame = { time: 1, track: [3, 4], measurements: [1, 0, 3, 4, 2, 6] };

  expect(() => new Odometry({ camera: { model: pinhole, intrinsics: [500, 500, 0, 0] } })).toThrow(/measures depth/);
  expect(() => new Odometry({ camera: { ...camera, intrinsics: [1] } })).toThrow(/intrinsics/);
  expect(() => new Odometry({ camera: { ...camera, sigma: [1, 0, 1] } })).toThrow(/sigma\[1\]/);
  for (const [options, message] of [
    [{ rate: 0 }, /rate/],
    [{ window: 1 }, /window/],
    [{ linear: "qr" as "cgnr" }, /linear/],
    [{ loss: { loss: "huber", C: 0 } }, /C/],
    [{ leastInliers: 2 }, /leastInliers/],
    [{ leastLoops: 0 }, /leastLoops/],
    [{ spacing: -1 }, /spacing/],
    [{ quantile: 1 }, /quantile/],
    [{ maxIterations: 0.5 }, /maxIterations/],
    [{ timeBudget: -1 }, /timeBudget/],
    [{ timeBudget: Number.NaN }, /timeBudget/],
    [{ seed: -1 }, /seed/],
    [{ start: [0, 0, 0, 0, 0, 0, 2] }, /unit length/],
  ] as [Partial<OdometryOptions>, RegExp][]) {
    expect(() => new Odometry({ camera, ...options })).toThrow(message);
  }
  expect(() => odometry.addFrame({ ...frame, time: Number.NaN })).toThrow(/time/);
  expect(() => odometry.addFrame({ ...frame, track: [3, 3] })).toThrow(/no track twice/);
  expect(() => odometry.addFrame({ ...frame, track: [3, 0.5] })).toThrow(/track\[1\]/);
  expect(() => odometry.addFrame({ ...frame, measurements: [1] })).toThrow(/measurements/);
  expect(() => odometry.addFrame({ ...frame, measurements: [1, 2, 3, 4, 5, Number.NaN] })).toThrow(/measurements\[5\]/);
  expect(() => odometry.addFrame({ ...frame, descriptors: new Uint8Array(31) })).toThrow(/descriptors/);
  expect(odometry.addFrame(frame)).toBe(0);
  expect(() => odometry.addFrame(frame)).toThrow(/a time after 1 s/);
});

function diagonal(variance: number): Float64Array {
  return Float64Array.from({ length: 36 }, (_, k) => (k % 7 === 0 ? variance : 0));
}
