export { checkChoice, checkInteger, checkLength, checkNumber } from "./checks.ts";
export { DimensionError, type ErrorDetails, type FilePlace, OptionError, ParseError, SlamError } from "./errors.ts";
