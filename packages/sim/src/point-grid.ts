/** Points of space in a grid of cubes, found by where they are; more may be added at any time. */
export class PointGrid {
  #points = new Float64Array(3 * 64);
  #count = 0;
  readonly #cell: number;
  /** Of each bucket the last point, and of each point the one before it in its bucket; -1 where there is none. */
  #last = new Int32Array(64).fill(-1);
  #before = new Int32Array(64);
  #near = new Int32Array(64);

  /** @param cell the side of a cube, > 0; best a half or a third of the radii that are asked for. */
  constructor(cell: number, points: Float64Array = new Float64Array(0)) {
    this.#cell = cell;
    for (let at = 0; at < points.length; at += 3) this.add(points[at], points[at + 1], points[at + 2]);
  }

  get count(): number {
    return this.#count;
  }

  /** All points added so far, in that order; a view that holds until the next is added. */
  get points(): Float64Array {
    return this.#points.subarray(0, 3 * this.#count);
  }

  add(x: number, y: number, z: number): void {
    const k = this.#count++;
    if (k === this.#before.length) this.#grow();
    this.#points[3 * k] = x;
    this.#points[3 * k + 1] = y;
    this.#points[3 * k + 2] = z;
    this.#chain(k);
  }

  /** The points at most `radius` from (x, y, z), in no order; a view that holds until the next call. */
  within(x: number, y: number, z: number, radius: number): Int32Array {
    const cell = this.#cell;
    let found = 0;
    for (let cx = Math.floor((x - radius) / cell); cx <= Math.floor((x + radius) / cell); cx++) {
      for (let cy = Math.floor((y - radius) / cell); cy <= Math.floor((y + radius) / cell); cy++) {
        for (let cz = Math.floor((z - radius) / cell); cz <= Math.floor((z + radius) / cell); cz++) {
          found = this.#collect(cx, cy, cz, x, y, z, radius, found);
        }
      }
    }
    return this.#near.subarray(0, found);
  }

  /** Appends those of one cube. Cubes may share a bucket, so that each point is asked for its own. */
  #collect(cx: number, cy: number, cz: number, x: number, y: number, z: number, radius: number, count: number): number {
    const points = this.#points;
    const cell = this.#cell;
    let found = count;
    for (let k = this.#last[this.#bucket(cx, cy, cz)]; k >= 0; k = this.#before[k]) {
      const [px, py, pz] = [points[3 * k], points[3 * k + 1], points[3 * k + 2]];
      const square = (px - x) ** 2 + (py - y) ** 2 + (pz - z) ** 2;
      if (square > radius * radius) continue;
      if (Math.floor(px / cell) === cx && Math.floor(py / cell) === cy && Math.floor(pz / cell) === cz) this.#near[found++] = k;
    }
    return found;
  }

  #bucket(cx: number, cy: number, cz: number): number {
    // Teschner et al., Optimized spatial hashing for collision detection of deformable objects, VMV 2003.
    const hash = Math.imul(cx, 73856093) ^ Math.imul(cy, 19349663) ^ Math.imul(cz, 83492791);
    return hash & (this.#last.length - 1);
  }

  #chain(k: number): void {
    const points = this.#points;
    const cell = this.#cell;
    const bucket = this.#bucket(
      Math.floor(points[3 * k] / cell),
      Math.floor(points[3 * k + 1] / cell),
      Math.floor(points[3 * k + 2] / cell),
    );
    this.#before[k] = this.#last[bucket];
    this.#last[bucket] = k;
  }

  #grow(): void {
    const room = 2 * this.#before.length;
    const points = new Float64Array(3 * room);
    points.set(this.#points);
    this.#points = points;
    this.#before = new Int32Array(room);
    this.#near = new Int32Array(room);
    this.#last = new Int32Array(room).fill(-1);
    for (let k = 0; k < room / 2; k++) this.#chain(k);
  }
}
