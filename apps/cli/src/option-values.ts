import { checkInteger, checkNumber, SlamError } from "@slam/errors";
import { InvalidArgumentError } from "commander";
import type { NamedVariable } from "./commands/ba.ts";

// What options take: each reads a text, or says what is allowed.

export function number(least: number, most?: number): (text: string) => number {
  return numberThat((value) => checkNumber("", value, least, most));
}

export function positive(text: string): number {
  const value = number(0)(text);
  if (value === 0) throw new InvalidArgumentError("Allowed is a number > 0.");
  return value;
}

export function integer(least: number, most?: number): (text: string) => number {
  return numberThat((value) => checkInteger("", value, least, most));
}

/** Reads a number that `check` lets pass. */
function numberThat(check: (value: number) => void): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    try {
      check(value);
    } catch (error) {
      throw error instanceof SlamError ? new InvalidArgumentError(`Allowed is ${error.details.expected}.`) : error;
    }
    return value;
  };
}

export function share(text: string): number {
  const value = number(0, 1)(text);
  if (value === 0) throw new InvalidArgumentError("Allowed is a number > 0, at most 1.");
  return value;
}

export function quantile(text: string): number {
  const value = number(0, 1)(text);
  if (value === 0 || value === 1) throw new InvalidArgumentError("Allowed is a quantile above 0 and below 1, such as 0.9999.");
  return value;
}

/** Reads NAME or NAME:C of these losses. */
export function lossOf<Name extends string>(losses: readonly Name[]): (text: string) => { readonly name: Name; readonly C?: number } {
  return (text) => {
    const colon = text.indexOf(":");
    const name = losses.find((known) => known === (colon < 0 ? text : text.slice(0, colon)));
    if (name === undefined) throw new InvalidArgumentError(`Allowed are ${losses.join(", ")}, each but none also with :C.`);
    if (colon < 0) return { name };
    if (name === "none") throw new InvalidArgumentError("No loss has no C.");
    const C = number(0)(text.slice(colon + 1));
    if (C === 0) throw new InvalidArgumentError("Allowed is a C > 0.");
    return { name, C };
  };
}

export function fill(text: string): number | "complete" {
  return text === "complete" ? text : integer(0)(text);
}

/** Reads cam:ID and point:ID, each once. */
export function variables(text: string): NamedVariable[] {
  return [...new Set(text.split(","))].map((name) => {
    const match = /^(cam|point):(\d+)$/.exec(name);
    if (match === null) throw new InvalidArgumentError("Allowed are cameras and points such as cam:0,cam:3,point:17.");
    return { kind: match[1] === "cam" ? "camera" : "point", id: Number(match[2]) };
  });
}

export function ids(text: string): number[] {
  return text.split(",").map((id) => {
    if (!/^-?\d+$/.test(id)) throw new InvalidArgumentError("Allowed are ids such as 0,17,42.");
    return Number(id);
  });
}
