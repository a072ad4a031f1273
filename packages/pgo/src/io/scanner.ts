import { type FilePlace, ParseError } from "@slam/errors";
import { asciiText, parseDecimal } from "./decimal.ts";

/** A record takes less than a kilobyte; without a limit a file that is one line of 100 MB would be read as one. */
export const MAX_LINE_BYTES: number = 2 ** 20;
const MAX_TAG_BYTES = 64;
const MAX_SHOWN_BYTES = 60;

/** For errors that lint finds a repair for. */
export const LINT_HINT = "`slam lint` repairs such lines";

const LINE_FEED = 10;
const SPACE = 32;
const HASH = 35;
const COMMA = 44;

/**
 * Reads a text file line by line and token by token without making a string of it. Tokens are separated by spaces, tabs and carriage returns;
 * a token that begins with # ends its line; a byte order mark is skipped. Columns count bytes.
 */
export class Scanner {
  readonly #bytes: Uint8Array;
  readonly #file: string;
  readonly #begin: number;
  #line = 0;
  #lineStart = 0;
  #lineEnd = 0;
  #nextLine: number;
  #tokenStart = 0;
  #tokenEnd = 0;
  /** Files have long runs of one tag: a string for each line would be much of what reading allocates. */
  #lastTag: string | undefined;

  constructor(bytes: Uint8Array, file: string) {
    this.#bytes = bytes;
    this.#file = file;
    this.#begin = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    this.#nextLine = this.#begin;
  }

  get line(): number {
    return this.#line;
  }

  /** The line is bytes[lineStart ... lineEnd), its line feed not among them. */
  get lineStart(): number {
    return this.#lineStart;
  }

  get lineEnd(): number {
    return this.#lineEnd;
  }

  /** Byte offset of the token, for `placeOf`. */
  get tokenStart(): number {
    return this.#tokenStart;
  }

  get tokenEnd(): number {
    return this.#tokenEnd;
  }

  /** Moves to the next line; false at the end of the file. @throws ParseError for a line over 1 MiB. */
  nextLine(): boolean {
    if (!this.skipToNextLine()) return false;
    const length = this.#lineEnd - this.#lineStart;
    if (length > MAX_LINE_BYTES) {
      const actual = `${length} that begin ${quote(this.#bytes, this.#lineStart, this.#lineStart + 16)}`;
      throw new ParseError({ file: this.#file, line: this.#line }, { expected: `a line of at most ${MAX_LINE_BYTES} bytes`, actual });
    }
    return true;
  }

  /** Moves to the next line, however long; false at the end of the file. */
  skipToNextLine(): boolean {
    if (this.#nextLine >= this.#bytes.length) return false;
    const lineFeed = this.#bytes.indexOf(LINE_FEED, this.#nextLine);
    this.#line++;
    this.#lineStart = this.#nextLine;
    this.#lineEnd = lineFeed < 0 ? this.#bytes.length : lineFeed;
    this.#nextLine = this.#lineEnd + 1;
    this.#tokenStart = this.#lineStart;
    this.#tokenEnd = this.#lineStart;
    return true;
  }

  /** Moves to the next token of the line; false, and on an empty token, when there is none. */
  nextToken(): boolean {
    const bytes = this.#bytes;
    const end = this.#lineEnd;
    let i = this.#tokenEnd;
    while (i < end && isBlank(bytes[i])) i++;
    if (i === end || bytes[i] === HASH) {
      this.#tokenStart = this.#tokenEnd;
      return false;
    }
    this.#tokenStart = i;
    while (i < end && !isBlank(bytes[i])) i++;
    this.#tokenEnd = i;
    return true;
  }

  /** The token as a record's tag. */
  tag(): string {
    return this.findTag() ?? this.fail("a tag such as VERTEX_SE2 or EDGE3");
  }

  /** The token where it is a tag: a letter, then printable ASCII. */
  findTag(): string | undefined {
    if (this.#lastTag !== undefined && this.#isTokenEqual(this.#lastTag)) return this.#lastTag;
    const text = asciiText(this.#bytes, this.#tokenStart, Math.min(this.#tokenEnd, this.#tokenStart + MAX_TAG_BYTES + 1));
    if (!isTag(text)) return undefined;
    this.#lastTag = text;
    return text;
  }

  #isTokenEqual(text: string): boolean {
    if (text.length !== this.#tokenEnd - this.#tokenStart) return false;
    for (let i = 0; i < text.length; i++) if (this.#bytes[this.#tokenStart + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  /** The token as a finite number; `field` of `tag` names it in the error. */
  number(field: string, tag: string): number {
    const x = parseDecimal(this.#bytes, this.#tokenStart, this.#tokenEnd);
    if (!Number.isFinite(x)) this.fail(`${field} of ${tag}, a finite number`);
    return x;
  }

  /** The token as a pose's id. */
  id(field: string, tag: string): number {
    const x = parseDecimal(this.#bytes, this.#tokenStart, this.#tokenEnd);
    if (!Number.isSafeInteger(x)) this.fail(`${field} of ${tag}, an integer below 2^53`);
    return x + 0; // -0 is the id 0
  }

  /** @throws ParseError that expected `expected` and found the token. */
  fail(expected: string, advice: string = LINT_HINT): never {
    const bytes = this.#bytes;
    const [start, end] = [this.#tokenStart, this.#tokenEnd];
    const place = { file: this.#file, line: this.#line, column: start - this.#lineStart + 1 };
    if (start === end) {
      const cutOff = this.#lineEnd === bytes.length;
      if (cutOff) throw new ParseError(place, { expected, actual: "the end of the file", hint: "is the file cut off?" });
      throw new ParseError(place, { expected, actual: "the end of the line", hint: LINT_HINT });
    }
    const comma = bytes.subarray(start, end).includes(COMMA);
    const hint = comma ? `decimals are written 1.5, fields separated by spaces; ${advice}` : advice;
    throw new ParseError(place, { expected, actual: quote(bytes, start, end), hint });
  }

  /** Line and column of a byte offset, counted anew: for errors found after the last line. */
  placeOf(offset: number): FilePlace {
    let line = 1;
    let lineStart = this.#begin;
    for (let i = lineStart; i < offset; i++) {
      if (this.#bytes[i] === LINE_FEED) {
        line++;
        lineStart = i + 1;
      }
    }
    return { file: this.#file, line, column: offset - lineStart + 1 };
  }
}

/** A letter, then printable ASCII. */
export function isTag(text: string): boolean {
  return text.length <= MAX_TAG_BYTES && /^[A-Za-z][!-~]*$/.test(text);
}

/** Space, tab, vertical tab, form feed, carriage return. */
function isBlank(byte: number): boolean {
  return byte === SPACE || (byte >= 9 && byte <= 13);
}

/** The bytes in double quotes, at most MAX_SHOWN_BYTES of them, what is not printable ASCII as \xNN. */
export function quote(bytes: Uint8Array, start: number, end: number): string {
  const text = asciiText(bytes, start, Math.min(end, start + MAX_SHOWN_BYTES));
  const shown = text.replace(/[^ -~]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return end - start > MAX_SHOWN_BYTES ? `"${shown}"...` : `"${shown}"`;
}
