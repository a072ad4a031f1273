import { fastTwoSum, twoProduct } from "@slam/float";

/** 10^k for k <= 22: the powers of ten that fp64 holds exactly. */
const POWERS_OF_TEN: readonly number[] = Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));

const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;

/**
 * The fp64 nearest to the decimal in bytes[start ... end), [+-] digits [. digits] [e [+-] digits] with a digit before or after the point.
 * Rounds once, to nearest even, exactly as `Number` does: up to 15 digits and 10^+-22 by one division or product of exact numbers (Clinger 1990), up to 19
 * digits by one of pairs where its error leaves no doubt, else by `Number` itself.
 *
 * @returns NaN if the bytes are not such a decimal (words such as nan and inf are not), an infinity if it is beyond fp64.
 */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  const sign = bytes[i];
  if (i < end && (sign === PLUS || sign === MINUS)) i++;
  let leading = 0;
  // Of digits beyond the fifteenth.
  let rest = 0;
  let digits = 0;
  let significant = 0;
  let point = -1;
  for (; i < end; i++) {
    const digit = bytes[i] - ZERO;
    if (digit >= 0 && digit <= 9) {
      digits++;
      if (significant < 15) leading = leading * 10 + digit;
      else rest = rest * 10 + digit;
      if (leading !== 0) significant++;
    } else if (bytes[i] === POINT && point < 0) point = digits;
    else break;
  }
  if (digits === 0) return Number.NaN;
  const exponent = i === end ? 0 : parseExponent(bytes, i, end);
  if (Number.isNaN(exponent)) return Number.NaN;
  const power = exponent - (point < 0 ? 0 : digits - point);
  if (significant > 19 || power < -22 || power > 22) return Number(asciiText(bytes, start, end));
  const scale = POWERS_OF_TEN[Math.abs(power)];
  const magnitude =
    significant <= 15 ? scaled(leading, scale, power < 0) : longMagnitude(leading, rest, POWERS_OF_TEN[significant - 15], scale, power < 0);
  if (Number.isNaN(magnitude)) return Number(asciiText(bytes, start, end));
  return sign === MINUS ? -magnitude : magnitude;
}

function scaled(x: number, scale: number, divide: boolean): number {
  return divide ? x / scale : x * scale;
}

/** (leading shift + rest) scale^+-1 rounded once, or NaN where the error of a pair of fp64 could matter: next to the middle between two numbers. */
function longMagnitude(leading: number, rest: number, shift: number, scale: number, divide: boolean): number {
  const [product, error] = twoProduct(leading, shift);
  const [high, low] = fastTwoSum(product, error + rest);
  const rough = scaled(high, scale, divide);
  const [back, backError] = divide ? twoProduct(rough, scale) : twoProduct(high, scale);
  // Exact: what the rounding left over.
  const left = divide ? high - back - backError : backError;
  const correction = divide ? (left + low) / scale : left + low * scale;
  const doubt = 2 ** -50 * (Math.abs(left) + Math.abs(low) * (divide ? 1 : scale)) * (divide ? 1 / scale : 1);
  const nearest = rough + correction;
  return rough + (correction - doubt) === nearest && rough + (correction + doubt) === nearest ? nearest : Number.NaN;
}

/** The integer after the e at bytes[start]; NaN if something else stands there. */
function parseExponent(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] !== 101 && bytes[start] !== 69) return Number.NaN;
  let i = start + 1;
  const sign = bytes[i];
  if (i < end && (sign === PLUS || sign === MINUS)) i++;
  if (i === end) return Number.NaN;
  let exponent = 0;
  for (; i < end; i++) {
    const digit = bytes[i] - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    exponent = exponent * 10 + digit;
  }
  return sign === MINUS ? -exponent : exponent;
}

/** bytes[start ... end) as text, one character a byte. */
export function asciiText(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]);
  return text;
}

/** The inverse of `asciiText`. */
export function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
}
