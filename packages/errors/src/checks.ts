import { DimensionError, OptionError } from "./errors.ts";

/** @throws DimensionError unless `actual` is `expected`. */
export function checkLength(what: string, actual: number, expected: number): void {
  if (actual !== expected) throw new DimensionError(what, { expected, actual });
}

/** @throws OptionError unless `actual` is an integer in [least, most]. */
export function checkInteger(option: string, actual: number, least: number, most: number = Number.MAX_SAFE_INTEGER): void {
  if (!Number.isInteger(actual) || actual < least || actual > most) {
    throw new OptionError(option, {
      expected: most === Number.MAX_SAFE_INTEGER ? `an integer >= ${least}` : `an integer in ${least} ... ${most}`,
      actual,
    });
  }
}

/** @throws OptionError unless `actual` is a finite number in [least, most]. */
export function checkNumber(option: string, actual: number, least: number, most: number = Number.MAX_VALUE): void {
  if (!(actual >= least && actual <= most)) {
    throw new OptionError(option, {
      expected: most === Number.MAX_VALUE ? `a finite number >= ${least}` : `a number in ${least} ... ${most}`,
      actual,
    });
  }
}

/** @throws OptionError unless `actual` is one of `allowed`. */
export function checkChoice<T extends string>(option: string, actual: string, allowed: readonly T[]): asserts actual is T {
  if (!(allowed as readonly string[]).includes(actual)) throw new OptionError(option, { expected: `one of ${allowed.join(", ")}`, actual });
}
