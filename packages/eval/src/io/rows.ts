import { type FilePlace, ParseError } from "@slam/errors";

const NEWLINE = 10;
const HASH = 35;
const COMMA = 44;

/** A quaternion of two decimals may be so far from norm 1 (squared): 2 * 2 * 0.005. What is farther is another kind of file. */
const NORM_TOLERANCE = 0.02;

/** A format of one pose a line. */
export interface RowFormat {
  /** As messages name them. */
  readonly columns: string;
  /** How many numbers a row has. */
  readonly count: number;
  /** Whether more may follow, which are read and left out. Default false. */
  readonly open?: boolean;
  /** What stands between numbers: blanks, or a comma with or without them. */
  readonly separator: "blanks" | "comma";
  /** Adds what the numbers of a row say to `out`. */
  readonly add: (row: Float64Array, place: FilePlace, out: number[]) => void;
}

/**
 * Reads one row of numbers a line. Blank lines and lines that start with # are skipped, and so is a byte order mark.
 *
 * @returns what `format.add` added, row after row.
 * @throws ParseError for a line that is something else, and for a file without rows.
 */
export function readRows(bytes: Uint8Array, file: string, format: RowFormat): number[] {
  const out: number[] = [];
  const row = new Float64Array(format.count);
  let line = 0;
  for (const [start, end] of linesOf(bytes)) {
    line++;
    if (isData(bytes, start, end)) {
      const place = { file, line };
      readRow(bytes, start, end, place, format, row);
      format.add(row, place, out);
    }
  }
  if (out.length === 0) {
    const last = bytes.length === 0 || bytes[bytes.length - 1] === NEWLINE ? line + 1 : line;
    throw new ParseError({ file, line: last }, { expected: "a pose", actual: "the end of the file" });
  }
  return out;
}

/** The fields of the first line that is no comment, and whether commas part them; undefined without one. */
export function firstRow(bytes: Uint8Array): { readonly fields: readonly string[]; readonly comma: boolean } | undefined {
  for (const [start, end] of linesOf(bytes)) {
    if (!isData(bytes, start, end)) continue;
    const comma = bytes.subarray(start, end).includes(COMMA);
    return { fields: [...fieldsOf(bytes, start, end, comma)].map(([at, stop]) => text(bytes, at, stop)), comma };
  }
  return undefined;
}

/** @throws ParseError unless q has norm 1, give or take what few decimals do. */
export function checkUnitQuaternion(q: Float64Array, names: string, place: FilePlace): void {
  if (Math.abs(q.reduce((sum, x) => sum + x * x, 0) - 1) <= NORM_TOLERANCE) return;
  throw new ParseError(place, { expected: `a unit quaternion ${names}`, actual: q.join(" ") });
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** Whether it is written as a number, which may still overflow. */
export function isNumber(token: string): boolean {
  return NUMBER.test(token);
}

function readRow(
  bytes: Uint8Array,
  start: number,
  end: number,
  place: FilePlace,
  { columns, count, open, separator }: RowFormat,
  row: Float64Array,
): void {
  let found = 0;
  for (const [at, stop] of fieldsOf(bytes, start, end, separator === "comma")) {
    const column = at - start + 1;
    if (found === count && open !== true) {
      throw new ParseError({ ...place, column }, { expected: "the end of the line", actual: text(bytes, at, stop) });
    }
    const value = readNumber(text(bytes, at, stop), { ...place, column });
    if (found < count) row[found] = value;
    found++;
  }
  if (found < count) throw new ParseError(place, { expected: columns, actual: `${found} ${found === 1 ? "number" : "numbers"}` });
}

function readNumber(token: string, place: FilePlace): number {
  const value = isNumber(token) ? Number(token) : NaN;
  if (!Number.isFinite(value)) throw new ParseError(place, { expected: "a finite number", actual: token === "" ? "nothing" : token });
  return value;
}

function* linesOf(bytes: Uint8Array): Generator<[start: number, end: number], void, undefined> {
  let start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    yield [start, end];
    start = end + 1;
  }
}

/** Where the fields of a line begin and end, without the blanks around them. */
function* fieldsOf(bytes: Uint8Array, start: number, end: number, comma: boolean): Generator<[at: number, stop: number], void, undefined> {
  let at = skipBlanks(bytes, start, end);
  while (comma ? at <= end : at < end) {
    let next = at;
    while (next < end && (comma ? bytes[next] !== COMMA : !isBlank(bytes[next]))) next++;
    let stop = next;
    while (stop > at && isBlank(bytes[stop - 1])) stop--;
    yield [at, stop];
    if (comma && next === end) return;
    at = skipBlanks(bytes, comma ? next + 1 : next, end);
  }
}

/** Whether a line holds more than blanks and a comment. */
function isData(bytes: Uint8Array, start: number, end: number): boolean {
  const at = skipBlanks(bytes, start, end);
  return at < end && bytes[at] !== HASH;
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
