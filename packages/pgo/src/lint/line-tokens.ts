import { asciiText, parseDecimal } from "../io/decimal.ts";
import { quote, type Scanner } from "../io/scanner.ts";

const COMMA = 44;
const POINT = 46;

/** More than the fields of any record with a full 7 x 7 matrix for its information. */
const MAX_TOKENS = 64;

/** The tokens of a line behind its tag, up to a comment; so many of them as a record may have. */
export class LineTokens {
  readonly #bytes: Uint8Array;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  /** How many there are, those beyond the kept ones too. */
  readonly count: number;
  readonly hasComma: boolean;

  /** Moves the scanner to the end of its line. */
  constructor(bytes: Uint8Array, scanner: Scanner) {
    this.#bytes = bytes;
    let [count, hasComma] = [0, false];
    for (; scanner.nextToken(); count++) {
      if (count >= MAX_TOKENS) continue;
      this.#starts.push(scanner.tokenStart);
      this.#ends.push(scanner.tokenEnd);
      for (let at = scanner.tokenStart; at < scanner.tokenEnd; at++) hasComma ||= bytes[at] === COMMA;
    }
    this.count = count;
    this.hasComma = hasComma;
  }

  /** Where token i begins and ends. */
  span(i: number): readonly [start: number, end: number] {
    return [this.#starts[i], this.#ends[i]];
  }

  /** Token i as a number; NaN if it is none. */
  number(i: number): number {
    return parseDecimal(this.#bytes, this.#starts[i], this.#ends[i]);
  }

  numbers(): number[] {
    return this.#starts.map((_, i) => this.number(i));
  }

  /** Token i in quotes. */
  shown(i: number): string {
    return quote(this.#bytes, this.#starts[i], this.#ends[i]);
  }

  /** Tokens i ... with what stands between them. */
  textFrom(i: number): string {
    return asciiText(this.#bytes, this.#starts[i], this.#ends[this.#ends.length - 1]);
  }

  /** Whether token i is a word for a number that is not finite, or a decimal beyond fp64. */
  isNotFinite(i: number): boolean {
    const text = asciiText(this.#bytes, this.#starts[i], Math.min(this.#ends[i], this.#starts[i] + 16));
    return /^[+-]?(nan|inf)/i.test(text) || Math.abs(this.number(i)) === Infinity;
  }

  /** The numbers with commas read as decimal points. */
  numbersWithPoints(): number[] {
    return this.#starts.map((start, i) => {
      const token = this.#bytes.slice(start, this.#ends[i]).map((byte) => (byte === COMMA ? POINT : byte));
      return parseDecimal(token, 0, token.length);
    });
  }

  /** The numbers with commas read as separators. */
  numbersBetweenCommas(): number[] {
    return this.#starts.flatMap((start, i) => {
      const parts = asciiText(this.#bytes, start, Math.min(this.#ends[i], start + 2 ** 10)).split(",");
      return parts
        .filter((part) => part !== "")
        .map((part) =>
          parseDecimal(
            Uint8Array.from(part, (c) => c.charCodeAt(0)),
            0,
            part.length,
          ),
        );
    });
  }
}
