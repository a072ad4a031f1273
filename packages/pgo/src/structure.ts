import { analyzeCholesky, type CholeskySymbolic, withBlockSize } from "@slam/ichol";
import { type BsrPattern, type NormalSymbolic, normalSymbolic } from "@slam/sparse";
import type { ArenaPool } from "@slam/wasm";

/**
 * What all linear solves on one graph share, whatever the size of their blocks: the patterns of J, of J'J and of its complete factor. Each is found
 * once, when it is asked for.
 */
export class GraphStructure {
  readonly #J: BsrPattern;
  readonly #arenas: ArenaPool;
  readonly #normal: Map<string, NormalSymbolic> = new Map();
  readonly #cholesky: Map<number, CholeskySymbolic> = new Map();

  /**
   * @param J the pattern of the Jacobian.
   * @param arenas what arrays are taken from: what is asked for first while something runs `during` lasts no longer than that.
   */
  constructor(J: BsrPattern, arenas: ArenaPool) {
    this.#J = J;
    this.#arenas = arenas;
  }

  /** Of J'J for blocks of r x c in J; its `A` is J's pattern with such blocks. */
  normal(r: number, c: number): NormalSymbolic {
    const own = known(this.#normal, keyOf(this.#J.r, this.#J.c), () => normalSymbolic(this.#J, "lower", this.#arenas, this.#arenas));
    return known(this.#normal, keyOf(r, c), () => ({ A: { ...own.A, r, c }, pattern: { ...own.pattern, r: c, c }, target: own.target }));
  }

  /** Of the complete factor of J'J in blocks of b x b. */
  cholesky(b: number): CholeskySymbolic {
    const { c } = this.#J;
    const own = known(this.#cholesky, c, () => analyzeCholesky(this.normal(c, c).pattern, { arenas: this.#arenas }));
    return known(this.#cholesky, b, () => withBlockSize(own, b));
  }
}

function keyOf(r: number, c: number): string {
  return `${r} x ${c}`;
}

function known<Key, Value>(values: Map<Key, Value>, key: Key, find: () => Value): Value {
  let value = values.get(key);
  if (value === undefined) {
    value = find();
    values.set(key, value);
  }
  return value;
}
