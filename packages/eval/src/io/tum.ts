import { checkLength, ParseError } from "@slam/errors";
import { se3 } from "@slam/lie";
import type { Trajectory } from "../trajectory.ts";

const NEWLINE = 10;
const COLUMNS = 8;

/** A quaternion of two decimals may be so far from norm 1 (squared): 2 * 2 * 0.005. What is farther is another kind of file. */
const NORM_TOLERANCE = 0.02;

/**
 * Reads lines `t x y z qx qy qz qw`: seconds, metres, worldFromBody. Blank lines and lines that start with # are skipped; quaternions are
 * normalised, with qw >= 0.
 *
 * @param file what messages call it.
 * @throws ParseError for a line that is something else, and for a file without poses.
 * @see https://cvg.cit.tum.de/data/datasets/rgbd-dataset/file_formats
 */
export function readTum(bytes: Uint8Array, file: string = "trajectory"): Trajectory {
  const numbers: number[] = [];
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    readLine(bytes, start, end, { file, line }, numbers);
    start = end + 1;
  }
  if (numbers.length === 0) throw new ParseError({ file, line }, { expected: "a pose", actual: "the end of the file" });
  return unzip(numbers);
}

/** The lines of a trajectory, in chunks; every number is written so that it reads back as it is. */
export function* writeTum(trajectory: Trajectory): Generator<string, void, undefined> {
  const { timestamps, poses } = trajectory;
  checkLength("writeTum: poses", poses.length, 7 * timestamps.length);
  const linesPerChunk = 1000;
  for (let first = 0; first < timestamps.length; first += linesPerChunk) {
    let chunk = "";
    for (let i = first; i < Math.min(first + linesPerChunk, timestamps.length); i++) {
      chunk += `${timestamps[i]} ${poses.subarray(7 * i, 7 * i + 7).join(" ")}\n`;
    }
    yield chunk;
  }
}

function readLine(bytes: Uint8Array, start: number, end: number, place: { file: string; line: number }, numbers: number[]): void {
  const first = numbers.length;
  for (let at = skipBlanks(bytes, start, end); at < end; ) {
    if (bytes[at] === 35 && numbers.length === first) return;
    let tokenEnd = at;
    while (tokenEnd < end && !isBlank(bytes[tokenEnd])) tokenEnd++;
    const column = at - start + 1;
    if (numbers.length - first === COLUMNS)
      throw new ParseError({ ...place, column }, { expected: "the end of the line", actual: text(bytes, at, tokenEnd) });
    numbers.push(readNumber(text(bytes, at, tokenEnd), { ...place, column }));
    at = skipBlanks(bytes, tokenEnd, end);
  }
  const count = numbers.length - first;
  if (count === 0) return;
  if (count !== COLUMNS) throw new ParseError(place, { expected: "t x y z qx qy qz qw", actual: `${count} numbers` });
  const quaternion = numbers.slice(first + 4);
  if (Math.abs(quaternion.reduce((sum, q) => sum + q * q, 0) - 1) > NORM_TOLERANCE) {
    throw new ParseError(place, { expected: "a unit quaternion qx qy qz qw", actual: quaternion.join(" ") });
  }
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function readNumber(token: string, place: { file: string; line: number; column: number }): number {
  const value = NUMBER.test(token) ? Number(token) : NaN;
  if (!Number.isFinite(value)) throw new ParseError(place, { expected: "a finite number", actual: token });
  return value;
}

/** At most 100 characters, which is more than a number needs: a file may be one token. What is cut ends in dots, and so is no number. */
function text(bytes: Uint8Array, start: number, end: number): string {
  const shown = String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 100)));
  return end - start <= 100 ? shown : `${shown}...`;
}

function skipBlanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(bytes[at])) at++;
  return at;
}

/** Space, tab or the carriage return in front of a newline. */
function isBlank(byte: number): boolean {
  return byte === 32 || byte === 9 || byte === 13;
}

function unzip(numbers: readonly number[]): Trajectory {
  const n = numbers.length / COLUMNS;
  const timestamps = new Float64Array(n);
  const poses = new Float64Array(7 * n);
  for (let i = 0; i < n; i++) {
    timestamps[i] = numbers[COLUMNS * i];
    for (let k = 0; k < 7; k++) poses[7 * i + k] = numbers[COLUMNS * i + 1 + k];
    se3.normalize(poses, 7 * i, poses, 7 * i);
  }
  return { timestamps, poses };
}
