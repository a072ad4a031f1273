import { checkInteger } from "@slam/errors";
import { fp64 } from "@slam/float";
import { Arena, bytesFor, highestOf, MAX_BYTES } from "./arena.ts";

/** Arrays of integers by their names, and where they begin, in bytes. */
export interface LentIntegers<Name extends string> {
  readonly arena: Arena;
  readonly views: { readonly [name in Name]: Int32Array };
  readonly at: { readonly [name in Name]: number };
}

/**
 * Arenas for one computation after another: memory that was used before costs no page faults, which a fresh megabyte does for about a millisecond, and
 * an engine's number of memories is limited.
 *
 * It is @slam/linop's `Scratch` too: arrays of one computation after another, which no garbage is left of.
 */
export class ArenaPool {
  /** Ascending by capacity. */
  #free: Arena[] = [];
  readonly #taken: Arena[] = [];
  /** Those that something took since the last time all were freed, and in which computation it did last. */
  readonly #used: Map<Arena, number> = new Map();
  #computations = 0;
  /** Where arrays are put side by side, and the bytes of all such arenas that are taken now. */
  #shared: { readonly arena: Arena; readonly bytes: number } | undefined;

  /**
   * An empty arena of at least so many bytes, and at most four times as many: a free one, or a new one.
   *
   * @throws what `Arena` throws.
   */
  take(bytes: number): Arena {
    checkInteger("take: bytes", bytes, 0);
    const at = this.#bestFor(bytes);
    const arena = at < 0 ? new Arena(roomFor(bytes)) : this.#free.splice(at, 1)[0];
    this.#taken.push(arena);
    this.#used.set(arena, this.#computations);
    return arena;
  }

  /** Of the smallest free arenas that are large enough, the one of which about so many bytes were in use before: those are resident. -1 where there is none, or it is far too large. */
  #bestFor(bytes: number): number {
    const first = this.#free.findIndex(({ capacity }) => capacity >= bytes);
    if (first < 0 || this.#free[first].capacity > Math.max(4 * bytes, SMALL)) return -1;
    const distance = (at: number): number => Math.abs(highestOf(this.#free[at]) - bytes);
    let best = first;
    for (let k = first + 1; this.#free[k]?.capacity === this.#free[first].capacity; k++) if (distance(k) < distance(best)) best = k;
    return best;
  }

  /**
   * Runs something with arrays of integers, zeros at first, in one arena, which is free again afterwards; what it takes besides stays taken.
   *
   * @throws what `Arena` throws.
   */
  lend<Name extends string, T>(lengths: { readonly [name in Name]: number }, use: (lent: LentIntegers<Name>) => T): T {
    const names = Object.keys(lengths) as Name[];
    const bytes = names.reduce((sum, name) => sum + bytesFor(Int32Array, lengths[name]), 0);
    return this.#lendArena(bytes, (arena) => use(integersIn(arena, names, lengths)));
  }

  /** As `lend`, with n numbers. */
  lendNumbers<T>(n: number, use: (lent: Float64Array) => T): T {
    return this.#lendArena(bytesFor(fp64, n), (arena) => use(arena.view(fp64, n) as Float64Array));
  }

  #lendArena<T>(bytes: number, use: (arena: Arena) => T): T {
    const arena = this.take(bytes);
    try {
      return use(arena);
    } finally {
      this.#give(this.#taken.splice(this.#taken.indexOf(arena), 1));
    }
  }

  /** n zeros, which are freed when arenas are that are taken now. @throws what `Arena` throws. */
  numbers(n: number): Float64Array {
    return this.#withRoomFor(bytesFor(fp64, n)).view(fp64, n) as Float64Array;
  }

  /** As `numbers`. */
  integers(n: number): Int32Array {
    return this.#withRoomFor(bytesFor(Int32Array, n)).view(Int32Array, n);
  }

  /** The arena that arrays share; a full one is followed by one as large as all before it, so that there are few. */
  #withRoomFor(bytes: number): Arena {
    const { arena, bytes: before } = this.#shared ?? { arena: undefined, bytes: 0 };
    if (arena !== undefined && arena.capacity - arena.mark() >= bytes) return arena;
    const next = this.take(Math.max(bytes, Math.min(before, MOST_SHARED)));
    this.#shared = { arena: next, bytes: before + next.capacity };
    return next;
  }

  /**
   * Runs something and frees the arenas that it took, and the arrays, even where it throws: the result must not hold views of them. Free arenas that the last 64 took none of are dropped:
   * what grows leaves smaller ones behind.
   */
  during<T>(run: () => T): T {
    const before = this.#taken.length;
    const outer = this.#shared;
    this.#shared = undefined;
    try {
      return run();
    } finally {
      this.#give(this.#taken.splice(before));
      this.#shared = outer;
      if (before === 0) this.#dropIdle();
    }
  }

  #dropIdle(): void {
    this.#computations++;
    this.#free = this.#free.filter((arena) => {
      const isIdle = this.#computations - (this.#used.get(arena) ?? 0) > KEPT;
      if (isIdle) this.#used.delete(arena);
      return !isIdle;
    });
  }

  /** Frees all arenas: views of them must not be used any more. Those that nothing took since the last time are dropped. */
  recycle(): void {
    this.#taken.length = 0;
    this.#shared = undefined;
    this.#free = [];
    this.#give([...this.#used.keys()]);
    this.#used.clear();
    this.#computations = 0;
  }

  #give(arenas: readonly Arena[]): void {
    for (const arena of arenas) arena.release(0);
    this.#free = [...this.#free, ...arenas].sort((a, b) => a.capacity - b.capacity);
  }
}

/**
 * What an arena of so many bytes is made with. A large one gets the next power of two, so that phases of a computation that need about as much take it one after another: it is
 * memory that nothing touches, and so takes nothing, where one of a size of its own would leave what lies free resident until a collector looks.
 */
function roomFor(bytes: number): number {
  return bytes <= LARGE ? bytes : Math.max(bytes, Math.min(2 ** Math.ceil(Math.log2(bytes)), MAX_BYTES));
}

/** Computations that a free arena is kept for. */
const KEPT = 64;
/** Bytes of an arena that arrays share, unless one array alone takes more. */
const MOST_SHARED = 2 ** 24;
/** Bytes above which arenas have sizes that others have, too. */
const LARGE = 2 ** 22;
/** Bytes below which it does not matter that a free arena is too large. */
const SMALL = 2 ** 20;

function integersIn<Name extends string>(
  arena: Arena,
  names: readonly Name[],
  lengths: { readonly [name in Name]: number },
): LentIntegers<Name> {
  const views = {} as { [name in Name]: Int32Array };
  const at = {} as { [name in Name]: number };
  for (const name of names) {
    views[name] = arena.view(Int32Array, lengths[name]);
    at[name] = views[name].byteOffset;
  }
  return { arena, views, at };
}
