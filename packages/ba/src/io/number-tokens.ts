import { ParseError } from "@slam/errors";

const NEWLINE = 10;
const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
/** More than a number needs: a file may be one token. */
const MOST_SHOWN = 100;

/** 10^0 ... 10^22: those that fp64 holds. */
const POWERS = Array.from({ length: 23 }, (_, k) => 10 ** k);
const MOST_DIGITS = 15;

/**
 * The number of at most 15 digits, a point among them or none, that bytes[start ... end) are; NaN where they are something else, or too long for it. Digits below 2^53 and the power of ten
 * are exact, so that their quotient rounds once: without a string, which took nine tenths of reading.
 *
 * @see Clinger, How to read floating point numbers accurately, PLDI 1990.
 */
function shortNumber(bytes: Uint8Array, start: number, end: number): number {
  const isSigned = bytes[start] === MINUS || bytes[start] === PLUS;
  let digits = 0;
  let count = 0;
  let point = -1;
  for (let at = isSigned ? start + 1 : start; at < end; at++) {
    const digit = bytes[at] - ZERO;
    if (digit >= 0 && digit <= 9) {
      digits = 10 * digits + digit;
      count++;
    } else if (bytes[at] === POINT && point < 0) point = at;
    else return Number.NaN;
  }
  if (count === 0 || count > MOST_DIGITS) return Number.NaN;
  const value = point < 0 ? digits : digits / POWERS[end - point - 1];
  return bytes[start] === MINUS ? -value : value;
}

/** The finite decimal number that bytes[start ... end) are, with what messages call them; NaN where they are something else. */
export function decimalNumber(bytes: Uint8Array, start: number, end: number): { readonly value: number; readonly text: string } {
  const long = end - start > MOST_SHOWN;
  const text = String.fromCharCode(...bytes.subarray(start, long ? start + MOST_SHOWN : end));
  const value = !long && NUMBER.test(text) ? Number(text) : Number.NaN;
  return { value: Number.isFinite(value) ? value : Number.NaN, text: long ? `${text}...` : text };
}

/** What messages call a number; a function where making a string for each would take longer than reading it. */
type Name = string | (() => string);

function named(what: Name): string {
  return typeof what === "string" ? what : what();
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
  number(what: Name): number {
    this.#skipBlanks();
    const bytes = this.#bytes;
    const start = this.#at;
    while (this.#at < bytes.length && bytes[this.#at] > 32) this.#at++;
    if (start === this.#at) this.fail(named(what), "the end of the file", start);
    const short = shortNumber(bytes, start, this.#at);
    if (!Number.isNaN(short)) return short;
    const { value, text } = decimalNumber(bytes, start, this.#at);
    if (Number.isNaN(value)) this.fail(`${named(what)}, a finite number`, text, start);
    return value;
  }

  /** @throws ParseError unless the next token is an integer in the range. */
  integer(what: Name, least: number, most: number): number {
    this.#skipBlanks();
    const start = this.#at;
    const value = this.number(what);
    if (!Number.isSafeInteger(value) || value < least || value > most) {
      this.fail(`${named(what)}, an integer in ${least} ... ${most}`, `${value}`, start);
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
