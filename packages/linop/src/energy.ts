import { OptionError } from "@slam/errors";
import type { Work } from "./work.ts";

/** What work costs, in joules. */
export interface EnergyTable {
  readonly name: string;
  /** By format of the arithmetic: one flop, the mean of an addition and a multiplication. */
  readonly perFlop: { readonly [format: string]: number };
  /** One byte brought to the arithmetic or back. */
  readonly perByte: number;
}

/** An estimate in joules; a comparison of formats on one machine of the table's kind, not a measurement. */
export interface Energy {
  readonly table: string;
  readonly arithmetic: number;
  readonly memory: number;
  /** Formats of the arithmetic that the table has no price for, and that `arithmetic` leaves out. */
  readonly unpriced: readonly string[];
}

/** (addition + multiplication) / 2 from fp32's 0.9 and 3.7 pJ: an adder grows with the significand's p bits, a multiplier with their square. */
function scaledFlop(p: number): number {
  return (1e-12 * (0.9 * (p / 24) + 3.7 * (p / 24) ** 2)) / 2;
}

/** fp16 and fp32 as published; the others, which are not, by the growth of adders and multipliers. */
const perFlop = {
  fp64: scaledFlop(53),
  fp32: (1e-12 * (0.9 + 3.7)) / 2,
  fp16: (1e-12 * (0.4 + 1.1)) / 2,
  bf16: scaledFlop(8),
  e4m3: scaledFlop(4),
  e5m2: scaledFlop(3),
};

/**
 * 45 nm at 0.9 V: one operation, and 64 bits from a cache of 1 MB (100 pJ) or from DRAM (1.3 to 2.6 nJ, here their mean). What an instruction costs besides, some 70 pJ, is
 * the same in all formats and not counted.
 *
 * @see Horowitz, Computing's energy problem (and what we can do about it), ISSCC 2014, table 1.1.9.
 */
export const horowitzCache: EnergyTable = { name: "Horowitz 2014, 45 nm, cache of 1 MB", perFlop, perByte: 100e-12 / 8 };
export const horowitzDram: EnergyTable = { name: "Horowitz 2014, 45 nm, DRAM", perFlop, perByte: 1.95e-9 / 8 };

/**
 * sum of flops perFlop[format] and of bytes perByte, over all operations.
 *
 * @throws OptionError for a price that is negative or not a number.
 */
export function energyOf({ flops, bytes }: Pick<Work, "flops" | "bytes">, table: EnergyTable): Energy {
  const bad = Object.entries({ ...table.perFlop, perByte: table.perByte }).find(([, price]) => !(price >= 0));
  if (bad !== undefined) throw new OptionError(`energyOf: table: ${bad[0]}`, { expected: "a price in joules, at least 0", actual: bad[1] });
  const unpriced = new Set<string>();
  let arithmetic = 0;
  for (const byFormat of Object.values(flops)) {
    for (const [format, count] of Object.entries(byFormat)) {
      if (Object.hasOwn(table.perFlop, format)) arithmetic += count * table.perFlop[format];
      else unpriced.add(format);
    }
  }
  const moved = Object.values(bytes).flatMap((byFormat) => Object.values(byFormat));
  return {
    table: table.name,
    arithmetic,
    memory: table.perByte * moved.reduce((sum, count) => sum + count, 0),
    unpriced: [...unpriced].sort(),
  };
}
