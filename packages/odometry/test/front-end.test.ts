import { rgbd } from "@slam/camera";
import { ate } from "@slam/eval";
import { type Frame, type FrontEnd, follow, type OdometryEvent, type OdometryResult } from "@slam/odometry";
import { landmarksAround, type MovingCamera, simulateDrive } from "@slam/sim";
import { expect, test } from "vitest";

/** What a user's camera driver delivers: blobs with a colour each, which only this front end understands. */
interface Picture {
  readonly stamp: string;
  readonly blobs: readonly { readonly colour: number; readonly u: number; readonly v: number; readonly depth: number }[];
}

const camera: MovingCamera & { readonly model: typeof rgbd } = {
  model: rgbd,
  intrinsics: [320, 320, 320, 240],
  limits: [
    [0, 640],
    [0, 480],
    [0.5, 6],
  ],
  sigma: [0.5, 0.5, 0.01],
};

/** Follows a colour while it is in sight; one that comes back is a new track. */
class BlobTracker implements FrontEnd<Picture> {
  readonly camera = camera;
  #tracks = new Map<number, number>();
  #next = 0;

  async track({ stamp, blobs }: Picture): Promise<Frame | undefined> {
    if (blobs.length === 0) return undefined;
    this.#tracks = new Map(blobs.map(({ colour }) => [colour, this.#tracks.get(colour) ?? this.#next++]));
    return {
      time: Number(stamp),
      track: blobs.map(({ colour }) => this.#tracks.get(colour)!),
      measurements: blobs.flatMap(({ u, v, depth }) => [u, v, depth]),
    };
  }
}

/** Straight ahead for five metres, and one picture without anything on it. */
function film(): { readonly truth: Float64Array; readonly pictures: readonly Picture[] } {
  const poses = Float64Array.from(Array.from({ length: 26 }, (_, k) => [0, 0, 0.2 * k, 0, 0, 0, 1]).flat());
  const motion = { timestamps: Float64Array.from({ length: 26 }, (_, k) => k / 10), poses };
  const { frames, times, truth } = simulateDrive({ ...motion, landmarks: landmarksAround(motion, camera, { perFrame: 40 }) }, camera);
  const pictures = frames.map(({ landmark, measurements }, k) => ({
    stamp: `${times[k]}`,
    blobs: Array.from(landmark, (colour, i) => ({
      colour,
      u: measurements[3 * i],
      v: measurements[3 * i + 1],
      depth: measurements[3 * i + 2],
    })),
  }));
  return { truth, pictures: [{ stamp: "-1", blobs: [] }, ...pictures] };
}

async function* arriving(pictures: readonly Picture[]): AsyncGenerator<Picture> {
  yield* pictures;
}

test("a front end of one's own drives the odometry, and hears what happens as it does", async () => {
  const { truth, pictures } = film();
  const events: OdometryEvent[] = [];
  const run = follow(new BlobTracker(), arriving(pictures), { window: 5, loss: { loss: "huber", C: 10 } });
  let result: OdometryResult | undefined;
  for (let next = await run.next(); ; next = await run.next()) {
    if (next.done) {
      result = next.value;
      break;
    }
    events.push(next.value);
  }

  expect(events.map(({ kind }) => kind)).toEqual(pictures.slice(1).flatMap(() => ["key-frame", "window-solved"]));
  expect(result.times.length).toBe(26);
  expect(ate(truth, result.poses, { align: "se3" }).rmse).toBeLessThan(0.02);
  // Pixels and metres are weighed by what each is off by.
  const last = events.at(-1)!;
  if (last.kind !== "window-solved") expect.fail(last.kind);
  const freedom = 3 * last.report.observations - 3 * last.report.landmarks - 6 * 4;
  expect((2 * last.report.finalCost) / freedom).toBeGreaterThan(0.7);
  expect((2 * last.report.finalCost) / freedom).toBeLessThan(1.3);
});

test("who stops listening stops the front end", async () => {
  const { pictures } = film();
  let read = 0;
  async function* counted(): AsyncGenerator<Picture> {
    for (const picture of pictures) {
      read++;
      yield picture;
    }
  }
  for await (const event of follow(new BlobTracker(), counted(), {})) if (event.kind === "window-solved" && event.id === 3) break;

  expect(read).toBe(5);
});
