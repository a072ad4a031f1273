import type { BsrPattern } from "@slam/sparse";
import type { HeldDirections } from "./free-directions.ts";
import type { FactorTerms } from "./terms.ts";

/** Where a block row begins, and the block of J of each variable there, -1 for those held. */
interface RowBlocks {
  readonly firstRow: number;
  readonly blocks: Int32Array;
}

export interface GraphBlocks {
  readonly pattern: BsrPattern;
  readonly ofFactors: readonly RowBlocks[];
  /** One row for each. */
  readonly ofDirections: RowBlocks;
}

/**
 * Block rows below those of `edges`: one for each factor, then one for each variable held in directions.
 *
 * @param column the block column of each pose, then of each landmark; -1 for those held.
 */
export function graphBlocks(
  edges: BsrPattern,
  column: Int32Array,
  terms: readonly FactorTerms[],
  directions: readonly HeldDirections[],
): GraphBlocks {
  const rows = new PatternRows(edges);
  const place = (variables: Int32Array, each: number): RowBlocks => {
    const firstRow = rows.count;
    const blocks = new Int32Array(variables.length);
    for (let at = 0; at < variables.length; at += each) {
      const columns = Array.from(variables.subarray(at, at + each), (v) => column[v]);
      blocks.set(rows.add(columns), at);
    }
    return { firstRow, blocks };
  };
  const ofFactors = terms.map(({ variables, factor }) => place(variables, factor.variables.length));
  const ofDirections = place(
    Int32Array.from(directions, ({ variable }) => variable),
    1,
  );
  return { pattern: rows.pattern(), ofFactors, ofDirections };
}

/** A pattern that grows by rows. */
class PatternRows {
  readonly #above: BsrPattern;
  readonly #ends: number[] = [];
  readonly #columns: number[] = [];

  constructor(above: BsrPattern) {
    this.#above = above;
  }

  get count(): number {
    return this.#above.blockRows + this.#ends.length;
  }

  /** Appends a row with blocks in those columns that are not negative; returns the block of each, -1 where there is none. */
  add(columns: readonly number[]): number[] {
    const present = columns.filter((column) => column >= 0).sort((a, b) => a - b);
    const first = this.#above.colIdx.length + this.#columns.length;
    this.#columns.push(...present);
    this.#ends.push(first + present.length);
    return columns.map((column) => (column < 0 ? -1 : first + present.indexOf(column)));
  }

  pattern(): BsrPattern {
    const { rowPtr, colIdx } = this.#above;
    return {
      ...this.#above,
      blockRows: this.count,
      rowPtr: joined(rowPtr, this.#ends),
      colIdx: joined(colIdx, this.#columns),
    };
  }
}

function joined(first: Int32Array, second: readonly number[]): Int32Array {
  const both = new Int32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
