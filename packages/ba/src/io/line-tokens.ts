import { ParseError } from "@slam/errors";
import { decimalNumber } from "./number-tokens.ts";

const NEWLINE = 10;
const SPACE = 32;
const HASH = 35;

/** The fields of a text file, line by line, separated by blanks, without making a string of it. Lines and columns count from 1. */
export class LineTokens {
  readonly #bytes: Uint8Array;
  readonly #file: string;
  #line = 0;
  #lineStart = 0;
  #lineEnd = 0;
  #nextStart = 0;
  #at = 0;

  constructor(bytes: Uint8Array, file: string) {
    this.#bytes = bytes;
    this.#file = file;
  }

  /** Goes to the next line, be it empty or not. @returns false at the end of the file. */
  nextLine(): boolean {
    const bytes = this.#bytes;
    if (this.#nextStart >= bytes.length) return false;
    this.#line++;
    this.#lineStart = this.#nextStart;
    this.#at = this.#lineStart;
    const end = bytes.indexOf(NEWLINE, this.#lineStart);
    this.#lineEnd = end < 0 ? bytes.length : end;
    this.#nextStart = this.#lineEnd + 1;
    return true;
  }

  /** Goes to the next line that is neither empty nor a comment, which begins with #. @returns false where there is none. */
  nextRecord(): boolean {
    while (this.nextLine()) if (!this.isLineEnd && this.#bytes[this.#at] !== HASH) return true;
    return false;
  }

  /** Whether the line has no further field. */
  get isLineEnd(): boolean {
    while (this.#at < this.#lineEnd && this.#bytes[this.#at] <= SPACE) this.#at++;
    return this.#at === this.#lineEnd;
  }

  /** @param what the number is, for messages. @throws ParseError unless the next field is a finite number. */
  number(what: string): number {
    const start = this.#take(what);
    const { value, text } = decimalNumber(this.#bytes, start, this.#at);
    if (Number.isNaN(value)) this.#fail(`${what}, a finite number`, text, start);
    return value;
  }

  /** @throws ParseError unless the next field is an integer in the range. */
  integer(what: string, least: number, most: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.number(what);
    if (!Number.isSafeInteger(value) || value < least || value > most) this.fail(`${what}, an integer in ${least} ... ${most}`, `${value}`);
    return value;
  }

  word(what: string): string {
    const start = this.#take(what);
    return this.#text(what, start, this.#at);
  }

  /** The rest of the line, blanks inside it included. */
  rest(what: string): string {
    if (this.isLineEnd) this.#fail(what, "the end of the line", this.#at);
    const start = this.#at;
    this.#at = this.#lineEnd;
    return this.#text(what, start, this.#lineEnd).trimEnd();
  }

  /** @throws ParseError where the line has more fields. */
  endLine(): void {
    if (!this.isLineEnd) this.#fail("the end of the line", "more of it", this.#at);
  }

  /** Says that the field read last is not what was expected. */
  fail(expected: string, actual: string): never {
    let start = this.#at;
    while (start > this.#lineStart && this.#bytes[start - 1] > SPACE) start--;
    this.#fail(expected, actual, start);
  }

  /** Goes behind the next field. @returns where it begins. */
  #take(what: string): number {
    if (this.isLineEnd) this.#fail(what, this.#line === 0 ? "the end of the file" : "the end of the line", this.#at);
    const start = this.#at;
    while (this.#at < this.#lineEnd && this.#bytes[this.#at] > SPACE) this.#at++;
    return start;
  }

  /** UTF-8 as text, without the TextDecoder that not every host has. */
  #text(what: string, start: number, end: number): string {
    const escaped = Array.from(this.#bytes.subarray(start, end), (byte) => `%${byte.toString(16).padStart(2, "0")}`);
    try {
      return decodeURIComponent(escaped.join(""));
    } catch {
      return this.#fail(`${what} in UTF-8`, "other bytes", start);
    }
  }

  #fail(expected: string, actual: string, at: number): never {
    throw new ParseError({ file: this.#file, line: Math.max(this.#line, 1), column: at - this.#lineStart + 1 }, { expected, actual });
  }
}
