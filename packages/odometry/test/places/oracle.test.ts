import { type OracleOptions, type Place, PlaceOracle } from "@slam/odometry";
import { expectSameBits } from "@slam/testing";
import { expect, test } from "vitest";

/** There and back again along x, a metre a second, looking along z: it is at second k where it was at 10 - k. */
const times = Float64Array.from({ length: 11 }, (_, k) => k);
const truth = Float64Array.from(Array.from(times).flatMap((k) => [Math.min(k, 10 - k), 0, 0, 0, 0, 0, 1]));

function place(id: number, tracks: readonly number[] = [], time: number = id): Place {
  const n = tracks.length;
  return { id, time, track: Int32Array.from(tracks), points: new Float64Array(3 * n), measurements: new Float64Array(3 * n) };
}

function oracle(options: Partial<OracleOptions> = {}): PlaceOracle {
  return new PlaceOracle({ truth, times, distance: 0.5, recent: 1, ...options });
}

test("says where the camera has been before, and measures how it stands there", () => {
  const told = oracle({ noise: { translation: 1e-3, rotation: 1e-4 } });
  const matches = Array.from(times, (_, k) => told.recognize(place(k)));

  expect(matches.map((found) => found.map(({ id }) => id))).toEqual(
    [[], [], [], [], [], [], [4], [3], [2], [1], [0]].map((ids, k) => (k === 6 ? [4] : ids)),
  );
  const [loop] = matches[10];
  if (!("measurement" in loop)) expect.fail("it measures");
  for (const [k, value] of [0, 0, 0, 0, 0, 0, 1].entries()) expect(Math.abs(loop.measurement[k] - value)).toBeLessThan(5e-3);
  expect([loop.covariance[0], loop.covariance[35], loop.covariance[1]]).toEqual([1e-6, 1e-8, 0]);
});

test("gives the landmarks that both see, where it knows them, and enough are", () => {
  // Track t is of landmark t modulo 10.
  const told = oracle({ landmarkOf: (track) => (track < 100 ? track % 10 : undefined), overlap: 0.5 });
  told.recognize(place(0, [3, 4, 5, 6, 7]));
  told.recognize(place(1, [5]));
  const enough = told.recognize(place(2, [17, 16, 15, 1, 114], 10));
  const tooFew = told.recognize(place(3, [17, 16, 1, 2, 8, 9], 10));

  expect(enough).toEqual([{ id: 0, pairs: Int32Array.of(4, 0, 3, 1, 2, 2) }]);
  expect(tooFew).toEqual([]);
});

test("knows nothing of moments that the truth does not have", () => {
  const told = oracle();
  told.recognize(place(0));
  told.recognize(place(1, [], 0.5));

  expect(told.recognize(place(2, [], 9.5))).toEqual([]);
  expect(told.recognize(place(3, [], 10)).map(({ id }) => id)).toEqual([0]);
});

test("does not take another direction for the same place", () => {
  const turned = truth.slice();
  turned.set([0, Math.SQRT1_2, 0, Math.SQRT1_2], 73);
  const told = oracle({ truth: turned });
  for (let k = 0; k < 10; k++) told.recognize(place(k));

  expect(told.recognize(place(10))).toEqual([]);
});

test("errs as often as it is told to, about places elsewhere, the same for the same seed", () => {
  const still = {
    truth: Float64Array.from(Array.from({ length: 400 }, (_, k) => [10 * k, 0, 0, 0, 0, 0, 1]).flat()),
    times: Float64Array.from({ length: 400 }, (_, k) => k),
  };
  const run = (seed: number) => {
    const told = oracle({ ...still, falsePositives: 0.25, seed });
    return Array.from(still.times, (_, k) => told.recognize(place(k))).flat();
  };
  const [first, second, other] = [run(7), run(7), run(8)];

  expect(first.length).toBeGreaterThan(70);
  expect(first.length).toBeLessThan(130);
  expect(second.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
  expectSameBits(measurements(second), measurements(first));
  expect(other.map(({ id }) => id)).not.toEqual(first.map(({ id }) => id));
  // As near as true ones are.
  for (const [k, value] of measurements(first).entries()) if (k % 7 < 3) expect(Math.abs(value)).toBeLessThan(0.5);
});

test("options that contradict themselves are refused", () => {
  expect(() => oracle({ truth: truth.subarray(7) })).toThrow(/truth/);
  for (const options of [{ distance: -1 }, { angle: -1 }, { overlap: 2 }, { falsePositives: -1 }, { recent: 0.5 }, { seed: -1 }]) {
    expect(() => oracle(options)).toThrow(Object.keys(options)[0]);
  }
  expect(() => oracle({ noise: { translation: 0, rotation: 1 } })).toThrow(/noise.translation/);
});

function measurements(matches: readonly object[]): Float64Array {
  return Float64Array.from(matches.flatMap((match) => [...(match as { measurement: Float64Array }).measurement]));
}
