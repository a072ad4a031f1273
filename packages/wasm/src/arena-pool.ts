import { checkInteger } from "@slam/errors";
import { Arena } from "./arena.ts";

/**
 * Arenas for one computation after another: memory that was used before costs no page faults, which a fresh megabyte does for about a millisecond, and
 * an engine's number of memories is limited.
 */
export class ArenaPool {
  /** Ascending by capacity. */
  #free: Arena[] = [];
  readonly #taken: Arena[] = [];
  /** Those that something took since the last time all were freed. */
  readonly #used: Set<Arena> = new Set();

  /**
   * An empty arena of at least so many bytes, and at most four times as many: a free one, or a new one.
   *
   * @throws what `Arena` throws.
   */
  take(bytes: number): Arena {
    checkInteger("take: bytes", bytes, 0);
    const at = this.#free.findIndex(({ capacity }) => capacity >= bytes);
    const fits = at >= 0 && this.#free[at].capacity <= Math.max(4 * bytes, SMALL);
    const arena = fits ? this.#free.splice(at, 1)[0] : new Arena(bytes);
    this.#taken.push(arena);
    this.#used.add(arena);
    return arena;
  }

  /** Runs something and frees the arenas that it took: the result must not hold views of them. */
  during<T>(run: () => T): T {
    const before = this.#taken.length;
    const result = run();
    this.#give(this.#taken.splice(before));
    return result;
  }

  /** Frees all arenas: views of them must not be used any more. Those that nothing took since the last time are dropped. */
  recycle(): void {
    this.#taken.length = 0;
    this.#free = [];
    this.#give([...this.#used]);
    this.#used.clear();
  }

  #give(arenas: readonly Arena[]): void {
    for (const arena of arenas) arena.release(0);
    this.#free = [...this.#free, ...arenas].sort((a, b) => a.capacity - b.capacity);
  }
}

/** Bytes below which it does not matter that a free arena is too large. */
const SMALL = 2 ** 20;
