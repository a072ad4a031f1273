import { ParseError } from "@slam/errors";

const NEWLINE = 10;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
/** More than a number needs: a file may be one token. */
const MOST_SHOWN = 100;

/** The finite decimal number that bytes[start ... end) are, with what messages call them; NaN where they are something else. */
export function decimalNumber(bytes: Uint8Array, start: number, end: number): { readonly value: number; readonly text: string } {
  const long = end - start > MOST_SHOWN;
  const text = String.fromCharCode(...bytes.subarray(start, long ? start + MOST_SHOWN : end));
  const value = !long && NUMBER.test(text) ? Number(text) : Number.NaN;
  return { value: Number.isFinite(value) ? value : Number.NaN, text: long ? `${text}...` : text };
}

/** The numbers of a text file, separated by blanks and line ends, without making a string of it. Lines and columns count from 1. */
export class NumberTokens {
  readonly #bytes: Uint8Array;
  readonly #file: string;
  #at = 0;
  #line = 1;
  #lineStart = 0;

  constructor(bytes: Uint8Array, file: string) {
    this.#bytes = bytes;
    this.#file = file;
  }

  /** @param what the number is, for messages. @throws ParseError unless the next token is a finite number. */
  number(what: string): number {
    this.#skipBlanks();
    const bytes = this.#bytes;
    const start = this.#at;
    while (this.#at < bytes.length && bytes[this.#at] > 32) this.#at++;
    if (start === this.#at) this.fail(what, "the end of the file", start);
    const { value, text } = decimalNumber(bytes, start, this.#at);
    if (Number.isNaN(value)) this.fail(`${what}, a finite number`, text, start);
    return value;
  }

  /** @throws ParseError unless the next token is an integer in the range. */
  integer(what: string, least: number, most: number): number {
    this.#skipBlanks();
    const start = this.#at;
    const value = this.number(what);
    if (!Number.isSafeInteger(value) || value < least || value > most) {
      this.fail(`${what}, an integer in ${least} ... ${most}`, `${value}`, start);
    }
    return value;
  }

  /** @throws ParseError unless only blanks are left. */
  end(): void {
    this.#skipBlanks();
    if (this.#at < this.#bytes.length) this.fail("the end of the file", "more of it", this.#at);
  }

  fail(expected: string, actual: string, at: number = this.#at): never {
    throw new ParseError({ file: this.#file, line: this.#line, column: at - this.#lineStart + 1 }, { expected, actual });
  }

  #skipBlanks(): void {
    const bytes = this.#bytes;
    for (; this.#at < bytes.length && bytes[this.#at] <= 32; this.#at++) {
      if (bytes[this.#at] !== NEWLINE) continue;
      this.#line++;
      this.#lineStart = this.#at + 1;
    }
  }
}
