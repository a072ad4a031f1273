import { type AnyPrecision, bf16, e4m3, e5m2, fp16, fp32, fp64, type OperationFormat, operationFormat, pack, type Vec } from "@slam/float";
import { type SpaceCounters, Work } from "@slam/linop";
import fc from "fast-check";

/** Formats with a plain space. */
export const plainFormats: readonly OperationFormat[] = [operationFormat(fp64), operationFormat(fp32)];

export const formats: readonly OperationFormat[] = [
  ...plainFormats,
  operationFormat(fp16),
  operationFormat(bf16),
  operationFormat(e4m3),
  operationFormat(e5m2),
  operationFormat(fp16, fp16),
  operationFormat(bf16, bf16),
  operationFormat(fp64, fp32),
];

export function newCounters(): SpaceCounters {
  return { events: { overflows: 0, flushed: 0 }, work: new Work() };
}

/** Uniform in [-2, 2], all bits in use; `fc.double` draws small numbers as often as large ones. */
const uniform = fc.integer({ min: -(2 ** 30), max: 2 ** 30 }).map((k) => k / 2 ** 29);

/** Numbers to compute with: near 1, of any size and the ends of what P holds. */
export const families = {
  "numbers near 1": () => uniform,
  "numbers of any size": () => fc.double({ noNaN: true, noDefaultInfinity: true }),
  "edge cases": ({ minSubnormal, minNormal, maxFinite }: AnyPrecision) =>
    fc.constantFrom(0, -0, 1, -1, minSubnormal, -minSubnormal, minNormal, maxFinite, -maxFinite, Infinity, -Infinity, NaN),
} satisfies { readonly [name: string]: (P: AnyPrecision) => fc.Arbitrary<number> };

/** n drawn numbers in P, the same in each run. */
export function drawn<P extends AnyPrecision>(P: P, numbers: fc.Arbitrary<number>, n: number): Vec<P> {
  return pack(P, fc.sample(numbers, { numRuns: n, seed: 1 }));
}
