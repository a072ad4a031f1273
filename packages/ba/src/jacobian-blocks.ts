import { type AnyPrecision, fp32, fp64, type RoundingEvents, type Storage, storeCounted } from "@slam/float";
import type { Scratch } from "@slam/linop";
import type { BsrMatrix } from "@slam/sparse";
import type { Observer } from "./observer.ts";
import { type Group, placeOf } from "./unknowns.ts";

/** What is evaluated in fp64 before it is rounded and stored: little enough to be in the cache still. */
const OBSERVATIONS_A_CHUNK = 512;

/** Where an observation's derivatives by a group's variable come from: columns of one array, then of another. */
interface Source {
  readonly group: Group;
  readonly left: Float64Array;
  readonly leftColumns: number;
  readonly right: Float64Array;
  readonly rightColumns: number;
  readonly chunk: Float64Array;
  /** By the group's other variable, into the same chunk. */
  readonly other?: Source;
}

/** Evaluates the blocks of J in fp64, a chunk of observations at a time, and stores them in any format. */
export class JacobianBlocks {
  readonly #sources: readonly Source[];

  /** @param scratch what a chunk is taken from. */
  constructor(observer: Observer, groups: readonly Group[], scratch: Scratch) {
    this.#sources = groups.map((group) => sourceOf(observer, group, scratch));
  }

  /** parts <- J at the point that the observer has moved to, each entry rounded once. */
  write(observer: Observer, parts: readonly BsrMatrix<AnyPrecision>[], events: RoundingEvents = { overflows: 0, flushed: 0 }): void {
    const { observations, rows } = observer;
    for (let first = 0; first < observations; first += OBSERVATIONS_A_CHUNK) {
      const end = Math.min(first + OBSERVATIONS_A_CHUNK, observations);
      for (let i = first; i < end; i++) {
        observer.observe(i, true);
        for (let k = 0; k < parts.length; k++) {
          const { rowPtr, c } = parts[k].pattern;
          const at = (rowPtr[i] - rowPtr[first]) * rows * c;
          if (this.#sources[k].other !== undefined) writeBlocks(this.#sources[k], rows, i, at);
          else if (rowPtr[i + 1] > rowPtr[i]) writeBlock(this.#sources[k], rows, at);
        }
      }
      for (let k = 0; k < parts.length; k++) {
        const { rowPtr, c } = parts[k].pattern;
        const count = (rowPtr[end] - rowPtr[first]) * rows * c;
        store(this.#sources[k].chunk.subarray(0, count), parts[k].format, parts[k].values as Storage, rowPtr[first] * rows * c, events);
      }
    }
  }
}

function sourceOf({ rows, lens, byPose, byAnchor, byIntrinsics, byPoint }: Observer, group: Group, scratch: Scratch): Source {
  const chunk = scratch.numbers((group.other === undefined ? 1 : 2) * OBSERVATIONS_A_CHUNK * rows * group.dof);
  const one = (left: Float64Array): Source => ({ group, left, leftColumns: group.dof, right: left, rightColumns: 0, chunk });
  switch (group.name) {
    case "point":
      return one(byPoint);
    case "intrinsics":
      return one(byIntrinsics);
    case "pose":
      return { ...one(byPose), ...(group.other && { other: one(byAnchor) }) };
    case "camera": {
      const of = { group, leftColumns: group.dof - lens, rightColumns: lens, chunk };
      // What an anchor's own lens is, its points' other observations do not depend on.
      const other = { ...of, left: byAnchor, right: new Float64Array(lens * rows) };
      return { ...of, left: byPose, right: byIntrinsics, ...(group.other && { other }) };
    }
  }
}

/** Those of an observation by its variable and the other one. */
function writeBlocks(source: Source, rows: number, i: number, first: number): void {
  const { column, variable, other, dof } = source.group;
  const own = column[variable[i]];
  const second = other![i] < 0 ? -1 : column[other![i]];
  if (own >= 0) writeBlock(source, rows, first + placeOf(own, second) * rows * dof);
  if (second >= 0) writeBlock(source.other!, rows, first + placeOf(second, own) * rows * dof);
}

function writeBlock({ left, leftColumns, right, rightColumns, chunk }: Source, rows: number, first: number): void {
  for (let a = 0, at = first; a < rows; a++) {
    for (let j = a * leftColumns; j < (a + 1) * leftColumns; j++, at++) chunk[at] = left[j];
    for (let j = a * rightColumns; j < (a + 1) * rightColumns; j++, at++) chunk[at] = right[j];
  }
}

function store(values: Float64Array, format: AnyPrecision, into: Storage, at: number, events: RoundingEvents): void {
  if (format === fp64) into.set(values, at);
  else if (format === fp32) storeFp32(values, into as Float32Array, at);
  else for (let k = 0; k < values.length; k++) storeCounted(format, into, at + k, values[k], events);
}

/** A typed array's `set` from another type takes ten times as long. */
function storeFp32(values: Float64Array, into: Float32Array, at: number): void {
  for (let k = 0; k < values.length; k++) into[at + k] = values[k];
}
