/** What every error of this family carries: the numbers of its message, for programs. */
export interface ErrorDetails {
  readonly [key: string]: unknown;
}

/** The common parent: `catch (e) { if (e instanceof SlamError) ... }` tells our errors from bugs. */
export class SlamError extends Error {
  // Written out in each class: a minifier renames classes, and with them `new.target.name`.
  override readonly name: string = "SlamError";
  readonly details: ErrorDetails;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message);
    this.details = details;
  }
}

/**
 * A length, a shape or an index does not fit.
 * Usual causes: a vector of rows passed for one of columns; arrays made for another problem.
 * Try: compare the two numbers in the message with `rows` and `cols` of the operator.
 */
export class DimensionError extends SlamError {
  override readonly name: string = "DimensionError";

  constructor(what: string, numbers: { readonly expected: number; readonly actual: number }) {
    super(`${what} has length ${numbers.actual}, expected ${numbers.expected}`, { what, ...numbers });
  }
}

/**
 * An option has a value outside its range, or two options exclude each other.
 * Try: the message names the option, the value given and what is allowed.
 */
export class OptionError extends SlamError {
  override readonly name: string = "OptionError";

  constructor(option: string, numbers: { readonly expected: string; readonly actual: unknown }) {
    super(`${option} is ${show(numbers.actual)}, expected ${numbers.expected}`, { option, ...numbers });
  }
}

/** Where in a file something was found: all counted from 1. */
export interface FilePlace {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/**
 * A file is not what its format says.
 * Usual causes: a truncated download, another format behind a familiar extension, decimal commas.
 * Try: look at the named line; the message says what was expected there.
 */
export class ParseError extends SlamError {
  override readonly name: string = "ParseError";
  readonly place: FilePlace;

  constructor(place: FilePlace, found: { readonly expected: string; readonly actual: string; readonly hint?: string }) {
    const column = place.column === undefined ? "" : `:${place.column}`;
    const hint = found.hint === undefined ? "" : `; ${found.hint}`;
    const actual = clip(found.actual);
    super(`${place.file}:${place.line}${column}: expected ${found.expected}, found ${actual}${hint}`, { ...place, ...found, actual });
    this.place = place;
  }
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** Keeps a message readable, and an error small, when the offending text is a hundred megabytes long. */
function clip(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}
