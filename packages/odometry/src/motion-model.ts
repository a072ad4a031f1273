import { se3 } from "@slam/lie";

/** Where a camera will be if it goes on as it did: X Exp(xi dt), xi the velocity between the last two key frames, in the body's frame. */
export class MotionModel {
  readonly #pose: Float64Array;
  readonly #velocity = new Float64Array(6);
  #time = 0;

  /** @param start where it stands. */
  constructor(start: Float64Array) {
    this.#pose = start.slice();
  }

  guess(time: number): Float64Array {
    const moved = new Float64Array(7);
    const step = this.#velocity.map((v) => v * (time - this.#time));
    se3.retract(this.#pose, 0, step, 0, moved, 0);
    se3.normalize(moved, 0, moved, 0);
    return moved;
  }

  /** Takes the last two key frames, or the only one, as they are now; `times` by their ids. */
  follow(last: readonly { readonly id: number; readonly pose: Float64Array }[], times: readonly number[]): void {
    const now = last[last.length - 1];
    this.#pose.set(now.pose);
    this.#time = times[now.id];
    if (last.length < 2) return;
    const [before] = last;
    se3.local(before.pose, 0, now.pose, 0, this.#velocity, 0);
    for (let k = 0; k < 6; k++) this.#velocity[k] /= times[now.id] - times[before.id];
  }
}
