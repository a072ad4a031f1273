import { cos } from "@slam/float";
import { se3 } from "@slam/lie";
import { isBetween, squaredDistance } from "./boxes.ts";
import { type MovingCamera, newRoom, type ProjectionRoom } from "./camera.ts";
import type { PointGrid } from "./point-grid.ts";

const NOTHING: Float64Array = new Float64Array(0);

/** What a camera sees of a world from where it is, without noise. */
export class View {
  /** The landmarks seen by the last look, ascending; `count` of them. */
  #seen = new Int32Array(0);
  #count = 0;
  readonly #camera: Required<MovingCamera>;
  readonly #grid: PointGrid;
  readonly #boxes: Float64Array;
  readonly #nearBoxes: Int32Array;
  readonly #cosHalfAngle: number;
  readonly #room: ProjectionRoom;
  readonly #worldFromCamera = new Float64Array(16);
  readonly #centre = new Float64Array(3);
  #points: Float64Array = NOTHING;
  readonly #p = new Float64Array(3);

  constructor(camera: Required<MovingCamera>, grid: PointGrid, boxes: Float64Array = NOTHING) {
    this.#camera = camera;
    this.#grid = grid;
    this.#boxes = boxes;
    this.#nearBoxes = new Int32Array(boxes.length / 6);
    this.#cosHalfAngle = cos(camera.halfAngle);
    this.#room = newRoom(camera);
  }

  /** Those that the last look saw, ascending; a view that holds until the next. */
  get seen(): Int32Array {
    return this.#seen.subarray(0, this.#count);
  }

  /** Looks from the pose worldFromCamera at poses[o ...]. @returns how many landmarks it sees. */
  look(poses: Float64Array, o: number): number {
    se3.toMatrix(poses, o, this.#worldFromCamera, 0);
    this.#centre.set(poses.subarray(o, o + 3));
    const [x, y, z] = this.#centre;
    this.#points = this.#grid.points;
    const near = this.#grid.within(x, y, z, this.#camera.range[1]);
    if (this.#seen.length < near.length) this.#seen = new Int32Array(2 * near.length);
    const boxes = this.#findBoxes();
    let count = 0;
    for (const k of near) if (this.project(k) && !this.#isHidden(k, boxes)) this.#seen[count++] = k;
    this.#count = count;
    this.seen.sort();
    return count;
  }

  /** Writes `measurement` of landmark k from where the camera looked last. @returns whether it would see it, if no box is between. */
  project(k: number): boolean {
    return this.sees(this.#moveToCamera(k));
  }

  /** Writes `measurement` of a point in the camera's frame. @returns whether it is within range, angle and image. */
  sees(p: Float64Array): boolean {
    const { model, intrinsics, limits, range } = this.#camera;
    const distance = Math.sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]);
    if (!(distance >= range[0] && distance <= range[1] && p[2] > this.#cosHalfAngle * distance)) return false;
    if (!model.project(intrinsics, p, this.#room, false)) return false;
    const { value } = this.#room;
    for (let row = 0; row < value.length; row++) if (!(value[row] >= limits[row][0] && value[row] <= limits[row][1])) return false;
    return true;
  }

  /** z of the last point asked about; a view that holds until the next. */
  get measurement(): Float64Array {
    return this.#room.value;
  }

  /** p <- R'(P - t). */
  #moveToCamera(k: number): Float64Array {
    const M = this.#worldFromCamera;
    const points = this.#points;
    const x = points[3 * k] - M[3];
    const y = points[3 * k + 1] - M[7];
    const z = points[3 * k + 2] - M[11];
    const p = this.#p;
    p[0] = M[0] * x + M[4] * y + M[8] * z;
    p[1] = M[1] * x + M[5] * y + M[9] * z;
    p[2] = M[2] * x + M[6] * y + M[10] * z;
    return p;
  }

  /** Those within range: no others can hide anything. @returns how many. */
  #findBoxes(): number {
    const reach = this.#camera.range[1] ** 2;
    let count = 0;
    for (let at = 0; at < this.#boxes.length; at += 6) {
      if (squaredDistance(this.#boxes, at, this.#centre) < reach) this.#nearBoxes[count++] = at;
    }
    return count;
  }

  #isHidden(k: number, boxes: number): boolean {
    for (let b = 0; b < boxes; b++) {
      if (isBetween(this.#boxes, this.#nearBoxes[b], this.#centre, this.#points, 3 * k)) {
        // The box that hid this landmark is asked first for the next: neighbours hide behind the same wall.
        const hider = this.#nearBoxes[b];
        this.#nearBoxes[b] = this.#nearBoxes[0];
        this.#nearBoxes[0] = hider;
        return true;
      }
    }
    return false;
  }
}
