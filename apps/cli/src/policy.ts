import { readFile } from "node:fs/promises";
import { SlamError } from "@slam/errors";
import type { Operation } from "@slam/linop";
import { OPERATIONS, type Policy, parsePolicy } from "@slam/nlls";
import { UsageError } from "./failure.ts";

/** A policy as JSON, which can be sent to a worker as a policy itself cannot. */
export type PolicyJson = unknown;

/** The formats of a policy by name: { name: "mixed", update: "fp64", ... }. */
export type PolicyNames = { readonly name: string } & { readonly [operation in Operation]: string };

/**
 * The policy that `--policy` names: a preset, or the contents of a .json file.
 *
 * @param sixteenBit what "mixed" may store in 16 bits, as the library that is to solve has it.
 * @throws UsageError naming the field that is wrong.
 */
export async function readPolicy(value: string, sixteenBit: readonly Operation[]): Promise<PolicyJson> {
  const json = value.endsWith(".json") ? await readJson(value) : { preset: value, name: value };
  try {
    policyOf(json, sixteenBit);
  } catch (error) {
    if (!(error instanceof SlamError)) throw error;
    throw new UsageError(`--policy ${value}: ${error.message}${value.endsWith(".json") ? "" : ", or a file that ends in .json"}`);
  }
  return json;
}

export function policyOf(json: PolicyJson, sixteenBit: readonly Operation[]): Policy {
  return parsePolicy(json, sixteenBit);
}

export function policyNames(policy: Policy): PolicyNames {
  const formats = Object.fromEntries(OPERATIONS.map((operation) => [operation, policy[operation].name]));
  return { name: policy.name, ...(formats as { readonly [operation in Operation]: string }) };
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw new UsageError(`--policy ${file}: ${(error as Error).message}`);
  }
}
