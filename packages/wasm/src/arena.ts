import { checkInteger, OptionError, SlamError } from "@slam/errors";
import type { AnyPrecision, Storage, Vec } from "@slam/float";
import { checkEngine } from "./engine-support.ts";
import { type Memory, webAssembly } from "./platform.ts";

const PAGE = 65536;
const ALIGNMENT = 16;
/** One page less than 4 GiB: the end of every vector is a 32-bit address. */
export const MAX_BYTES: number = 65535 * PAGE;

/** Arrays that may lie in an arena. */
export type ArenaArray = Storage | Int32Array | Uint32Array;

export interface ArenaArrayConstructor<A extends ArenaArray> {
  new (buffer: ArrayBufferLike, byteOffset: number, n: number): A;
  readonly BYTES_PER_ELEMENT: number;
}

/** The arena cannot hold what is asked for. Try: a larger one; `bytesFor` tells what arrays need, `arena.capacity` what there is. */
export class ArenaError extends SlamError {
  override readonly name: string = "ArenaError";
}

/** The bytes that n elements take in an arena: rounded up to the next multiple of 16. */
export function bytesFor(elements: AnyPrecision | ArenaArrayConstructor<ArenaArray>, n: number): number {
  checkInteger("bytesFor: n", n, 0);
  const { BYTES_PER_ELEMENT } = "Storage" in elements ? elements.Storage : elements;
  return Math.ceil((n * BYTES_PER_ELEMENT) / ALIGNMENT) * ALIGNMENT;
}

let memoryOf: (arena: Arena) => Memory;
/** Up to where it was ever allocated, in bytes. */
let highestOf: (arena: Arena) => number;

/**
 * Memory that kernels compute in. Its size is fixed when it is made: views stay valid as long as it lives. Allocation moves a mark upwards;
 * `release` moves it back.
 */
export class Arena {
  /** In bytes. */
  readonly capacity: number;
  readonly #memory: Memory;
  readonly #buffer: ArrayBuffer;
  /** All of it: a view of a part, made for each array to be cleared, would take an engine longer than most arrays. */
  readonly #bytes: Uint8Array;
  #top = 0;
  /** Above it nothing has been allocated yet, and the memory is still zero. */
  #highest = 0;

  static {
    memoryOf = (arena) => arena.#memory;
    highestOf = (arena) => arena.#highest;
  }

  /**
   * @param bytes what all arrays need together, by `bytesFor`; rounded up to whole pages of 65536.
   * @throws OptionError beyond 4 GiB less one page; EngineError where there is no WebAssembly with SIMD; ArenaError where the engine has no
   *   memory left.
   */
  constructor(bytes: number) {
    checkInteger("Arena: bytes", bytes, 0, MAX_BYTES);
    checkEngine();
    const pages = Math.ceil(bytes / PAGE);
    try {
      this.#memory = new (webAssembly()!.Memory)({ initial: pages, maximum: pages });
    } catch (cause) {
      throw new ArenaError(`the engine has no ${pages * PAGE} bytes for an arena: ${cause}`, { bytes: pages * PAGE });
    }
    this.#buffer = this.#memory.buffer;
    this.#bytes = new Uint8Array(this.#buffer);
    this.capacity = pages * PAGE;
  }

  /** n zeros in the format P, or of a typed array's elements. @throws ArenaError where they do not fit. */
  view<P extends AnyPrecision>(elements: P, n: number): Vec<P>;
  view<A extends ArenaArray>(elements: ArenaArrayConstructor<A>, n: number): A;
  view(elements: AnyPrecision | ArenaArrayConstructor<ArenaArray>, n: number): unknown {
    const begin = this.#top;
    const isFresh = begin >= this.#highest;
    const array = this.#allocate(elements, n);
    if (!isFresh) this.#bytes.fill(0, begin, this.#top);
    return array;
  }

  /** As `view`, with whatever the memory holds: for an array that is written before it is read. */
  uncleared<P extends AnyPrecision>(elements: P, n: number): Vec<P>;
  uncleared<A extends ArenaArray>(elements: ArenaArrayConstructor<A>, n: number): A;
  uncleared(elements: AnyPrecision | ArenaArrayConstructor<ArenaArray>, n: number): unknown {
    return this.#allocate(elements, n);
  }

  /** A copy of an array of integers. @throws as `view`. */
  copy(integers: Int32Array): Int32Array {
    const array = this.uncleared(Int32Array, integers.length);
    array.set(integers);
    return array;
  }

  #allocate(elements: AnyPrecision | ArenaArrayConstructor<ArenaArray>, n: number): unknown {
    const bytes = bytesFor(elements, n);
    if (this.#top + bytes > this.capacity) {
      throw new ArenaError(`the arena is full: ${bytes} bytes asked for, ${this.capacity - this.#top} of ${this.capacity} left`, {
        bytes,
        used: this.#top,
        capacity: this.capacity,
      });
    }
    const Type = "Storage" in elements ? elements.Storage : elements;
    const array = new Type(this.#buffer, this.#top, n);
    this.#top += bytes;
    this.#highest = Math.max(this.#highest, this.#top);
    return array;
  }

  /** Where allocation stands, in bytes from the start; for `release`. */
  mark(): number {
    return this.#top;
  }

  /** Frees what was allocated since `mark` gave this; views of it must not be used any more. */
  release(mark: number): void {
    checkInteger("release: mark", mark, 0, this.#top);
    this.#top = mark;
  }

  /** Runs something whose views are not needed afterwards. */
  scoped<T>(run: () => T): T {
    const mark = this.mark();
    const result = run();
    this.release(mark);
    return result;
  }

  /**
   * The address of x's first element, for a kernel.
   *
   * @param what x's name, for the message.
   * @throws OptionError where x is not a view of this arena.
   */
  address(what: string, x: ArenaArray): number {
    if (x.buffer !== this.#buffer) {
      throw new OptionError(`${what}.buffer`, { expected: "the arena's: make it with arena.view or the space's zeros", actual: "another" });
    }
    return x.byteOffset;
  }
}

export { highestOf, memoryOf };
