import { checkInteger, OptionError } from "@slam/errors";
import { areFinite } from "@slam/float";

/** How far a quaternion's squared length may be from 1: seven printed digits stay below it, a forgotten normalisation does not. */
const UNIT_SLACK = 1e-6;

export function checkIds(what: string, ids: Float64Array): void {
  for (let k = 0; k < ids.length; k++) {
    const least = k === 0 ? Number.MIN_SAFE_INTEGER : ids[k - 1] + 1;
    if (!Number.isSafeInteger(ids[k]) || ids[k] < least) checkInteger(`${what}[${k}]`, ids[k], least);
  }
}

export function checkIndices(what: string, indices: Int32Array, count: number): void {
  for (let at = 0; at < indices.length; at++) {
    if (indices[at] < 0 || indices[at] >= count) checkInteger(`${what}[${at}]`, indices[at], 0, count - 1);
  }
}

export function checkFinite(what: string, values: Float64Array): void {
  if (areFinite(values)) return;
  for (let at = 0; at < values.length; at++) {
    if (!Number.isFinite(values[at])) throw new OptionError(`${what}[${at}]`, { expected: "a finite number", actual: values[at] });
  }
}

/** Of poses in space, of so many numbers each. */
export function checkQuaternions(what: string, values: Float64Array, size: number = 7): void {
  for (let at = 3; at < values.length; at += size) {
    let squared = 0;
    for (let k = at; k < at + 4; k++) squared += values[k] * values[k];
    if (Math.abs(squared - 1) > UNIT_SLACK) {
      throw new OptionError(`${what}[${at} ... ${at + 3}]`, {
        expected: "a quaternion of length 1",
        actual: `of length ${Math.sqrt(squared)}`,
      });
    }
  }
}

/** Of similarities. */
export function checkScales(what: string, values: Float64Array): void {
  for (let at = 7; at < values.length; at += 8) {
    if (!(values[at] > 0)) throw new OptionError(`${what}[${at}]`, { expected: "a scale > 0", actual: values[at] });
  }
}
