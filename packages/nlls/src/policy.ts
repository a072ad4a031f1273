import { checkChoice, checkInteger, OptionError } from "@slam/errors";
import { type AnyPrecision, bf16, defineFloat, e4m3, e5m2, fp16, fp32, fp64, type OperationFormat, operationFormat } from "@slam/float";
import type { Operation } from "@slam/linop";

/** Which operation runs in which format. "mixed" is one of many. */
export type Policy = { readonly name: string; readonly bySize?: readonly Operation[] } & {
  readonly [operation in Operation]: OperationFormat;
};

export const OPERATIONS: readonly Operation[] = ["update", "residual", "jacobian", "matvec", "factorize", "precondition", "vectors"];

const PRESETS = ["fp64", "fp32", "mixed", "half", "naive"] as const;
export type PresetName = (typeof PRESETS)[number];

/**
 * The named policies:
 * - `fp64`: everything in fp64.
 * - `fp32`: update and residual in fp64, the rest in fp32.
 * - `mixed`: as fp32, with the operations of `bySize` stored in fp16 under fp32 arithmetic where `chooseBySize` finds them large.
 * - `half`: update and residual in fp64, the factor computed in fp32 and stored in fp16; all else rounded to fp16 after every operation.
 * - `naive`: everything rounded to fp16 after every operation: the failure that the others avoid.
 *
 * @param bySize what "mixed" may store in 16 bits: a pose graph's is ["precondition", "matvec"], bundle adjustment's ["matvec"].
 */
export function presetPolicy(name: PresetName, bySize: readonly Operation[] = []): Policy {
  checkChoice("policy", name, PRESETS);
  const wide = operationFormat(fp64);
  const single = operationFormat(fp32);
  const half = operationFormat(fp16, fp16);
  const all = (format: OperationFormat): Omit<Policy, "name"> => {
    return { update: format, residual: format, jacobian: format, matvec: format, factorize: format, precondition: format, vectors: format };
  };
  switch (name) {
    case "fp64":
      return { name, ...all(wide) };
    case "fp32":
      return { name, ...all(single), update: wide, residual: wide };
    case "mixed":
      return { name, ...all(single), update: wide, residual: wide, bySize };
    case "half":
      return { name, ...all(half), update: wide, residual: wide, factorize: operationFormat(fp16) };
    case "naive":
      return { name, ...all(half) };
  }
}

/**
 * The policy for a problem: each operation of `policy.bySize` in fp16 where what it reads in fp32 exceeds a limit. Formats that were asked for by name are
 * kept.
 *
 * @param bytes of each operation's working set in fp32; one that is missing is small.
 * @param limit in bytes, from where on half of them are saved time for whoever solves. A constant and no machine's cache, so that the same problem has the
 *   same bits on every machine.
 */
export function chooseBySize(
  { bySize = [], ...policy }: Policy,
  bytes: { readonly [operation in Operation]?: number },
  limit: number,
): Policy {
  const large = bySize.filter((operation) => (bytes[operation] ?? 0) > limit);
  return { ...policy, ...Object.fromEntries(large.map((operation) => [operation, operationFormat(fp16)])) };
}

const FORMATS: { readonly [name: string]: AnyPrecision } = { fp64, fp32, fp16, bf16, e4m3, e5m2 };

/**
 * A policy from parsed JSON: an object with a format for each operation it names; the others are those of its "preset" (default "mixed").
 * A format is "fp16" (stored so, arithmetic in the wider of it and fp32), "fp16/fp16" (storage/arithmetic), or a float of your own,
 * `{ "exponentBits": 5, "significandBits": 7 }`, alone or as `{ "storage": ..., "arithmetic": ... }`.
 *
 * @throws OptionError naming the field that is wrong.
 */
export function parsePolicy(json: unknown, bySize: readonly Operation[] = []): Policy {
  if (!isObject(json)) throw new OptionError("policy", { expected: "an object", actual: JSON.stringify(json) });
  const { name, preset = "mixed", ...fields } = json;
  checkChoice("policy.preset", String(preset), PRESETS);
  if (name !== undefined && typeof name !== "string") throw new OptionError("policy.name", { expected: "a string", actual: name });
  const chosen: { [operation: string]: OperationFormat } = {};
  for (const [field, value] of Object.entries(fields)) {
    checkChoice("policy: field", field, OPERATIONS);
    chosen[field] = parseFormat(`policy.${field}`, value);
  }
  const { bySize: open, ...policy } = presetPolicy(preset as PresetName, bySize);
  return { ...policy, ...chosen, ...(open && { bySize: open.filter((operation) => !(operation in chosen)) }), name: name ?? "custom" };
}

function parseFormat(field: string, value: unknown): OperationFormat {
  if (typeof value === "string") {
    const [storage = "", arithmetic, ...rest] = value.split("/");
    if (rest.length > 0) throw new OptionError(field, { expected: "storage or storage/arithmetic", actual: value });
    return operationFormat(named(field, storage), arithmetic === undefined ? undefined : named(field, arithmetic));
  }
  if (!isObject(value) || !("storage" in value)) return operationFormat(precision(field, value));
  checkFields(field, value, ["storage", "arithmetic"]);
  const { storage, arithmetic } = value;
  return operationFormat(
    precision(`${field}.storage`, storage),
    arithmetic === undefined ? undefined : precision(`${field}.arithmetic`, arithmetic),
  );
}

function named(field: string, name: string): AnyPrecision {
  checkChoice(field, name, Object.keys(FORMATS));
  return FORMATS[name] as AnyPrecision;
}

function precision(field: string, value: unknown): AnyPrecision {
  if (typeof value === "string") return named(field, value);
  if (!isObject(value))
    throw new OptionError(field, { expected: "the name of a format or an object with exponentBits and significandBits", actual: value });
  checkFields(field, value, ["name", "exponentBits", "significandBits", "infinities", "saturate"]);
  const { exponentBits: e, significandBits: p, infinities = true, saturate = false, name = `e${e}p${p}` } = value;
  checkInteger(`${field}.exponentBits`, e as number, 2, 10);
  checkInteger(`${field}.significandBits`, p as number, 2, 16 - (e as number));
  if (typeof infinities !== "boolean") throw new OptionError(`${field}.infinities`, { expected: "true or false", actual: infinities });
  if (typeof saturate !== "boolean") throw new OptionError(`${field}.saturate`, { expected: "true or false", actual: saturate });
  if (typeof name !== "string" || Object.hasOwn(FORMATS, name)) {
    throw new OptionError(`${field}.name`, { expected: "a string that names no other format", actual: name });
  }
  return defineFloat({ name, exponentBits: e as number, significandBits: p as number, infinities, saturate });
}

function checkFields(field: string, value: { readonly [key: string]: unknown }, allowed: readonly string[]): void {
  for (const key of Object.keys(value)) checkChoice(`${field}: field`, key, allowed);
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
