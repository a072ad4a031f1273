import type { OdometryEvent } from "./events.ts";
import type { FrontEnd } from "./front-end.ts";
import { Odometry, type OdometryResult } from "./odometry.ts";
import type { OdometryOptions } from "./options.ts";

/**
 * Drives the odometry with what a front end makes of its inputs, and gives the events as they come; the generator's return value is the result.
 *
 * Nothing is read ahead: who stops iterating stops the odometry. Events of one frame come together, when it has been taken.
 *
 * @param options as `Odometry` has them; the camera is the front end's.
 * @throws what `Odometry` and the front end throw.
 */
export async function* follow<Input>(
  frontEnd: FrontEnd<Input>,
  inputs: Iterable<Input> | AsyncIterable<Input>,
  options: Omit<OdometryOptions, "camera" | "onEvent">,
): AsyncGenerator<OdometryEvent, OdometryResult, undefined> {
  const events: OdometryEvent[] = [];
  const odometry = new Odometry({ ...options, camera: frontEnd.camera, onEvent: (event) => void events.push(event) });
  for await (const input of inputs) {
    const frame = await frontEnd.track(input);
    if (frame === undefined) continue;
    odometry.addFrame(frame);
    yield* events.splice(0);
  }
  const result = odometry.finish();
  yield* events.splice(0);
  return result;
}
