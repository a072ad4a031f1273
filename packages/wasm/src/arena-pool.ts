import { checkInteger } from "@slam/errors";
import { Arena } from "./arena.ts";

/**
 * Arenas for one computation after another: memory that was used before costs no page faults, which a fresh megabyte does for about a millisecond, and
 * an engine's number of memories is limited.
 */
export class ArenaPool {
  /** Ascending by capacity. */
  readonly #free: Arena[] = [];
  readonly #taken: Arena[] = [];

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
    return arena;
  }

  /** Frees all arenas: views of them must not be used any more. Those that nothing took since the last time are dropped. */
  recycle(): void {
    this.#free.length = 0;
    for (const arena of this.#taken) arena.release(0);
    this.#free.push(...this.#taken.sort((a, b) => a.capacity - b.capacity));
    this.#taken.length = 0;
  }
}

/** Bytes below which it does not matter that a free arena is too large. */
const SMALL = 2 ** 20;
