/** The operations a precision policy tells apart. */
export type Operation = "update" | "residual" | "jacobian" | "matvec" | "factorize" | "precondition" | "vectors";

type Tally = { [operation in Operation]?: { [format: string]: number } };

/**
 * Counts what was done and in which format: flops by the format of the arithmetic, bytes by the format of the storage.
 * Decisions rest on these counts and never on a clock, so that they are the same on every machine.
 */
export class Work {
  readonly flops: Tally = {};
  readonly bytes: Tally = {};
  #also: Work | undefined;

  count(operation: Operation, arithmetic: string, flops: number, storage: string, bytes: number): void {
    add(this.flops, operation, arithmetic, flops);
    add(this.bytes, operation, storage, bytes);
    this.#also?.count(operation, arithmetic, flops, storage, bytes);
  }

  /** Runs something that another one counts, too. */
  alsoIn<T>(other: Work, run: () => T): T {
    const before = this.#also;
    this.#also = other;
    try {
      return run();
    } finally {
      this.#also = before;
    }
  }

  /** Takes what another one has counted. */
  include({ flops, bytes }: Work): void {
    for (const [into, from] of [[this.flops, flops] as const, [this.bytes, bytes] as const]) {
      for (const [operation, byFormat] of Object.entries(from)) {
        for (const [format, amount] of Object.entries(byFormat)) add(into, operation as Operation, format, amount);
      }
    }
  }

  /** Hands over what was counted, and counts from nothing again. */
  handOver(): Work {
    const counted = new Work();
    counted.include(this);
    for (const tally of [this.flops, this.bytes]) for (const operation of Object.keys(tally)) delete tally[operation as Operation];
    return counted;
  }
}

function add(tally: Tally, operation: Operation, format: string, amount: number): void {
  let byFormat = tally[operation];
  if (byFormat === undefined) {
    byFormat = {};
    tally[operation] = byFormat;
  }
  byFormat[format] = (byFormat[format] ?? 0) + amount;
}

/** What was counted of an operation, or of all, whatever the formats. */
export function totalOf(
  { flops, bytes }: Pick<Work, "flops" | "bytes">,
  operation?: Operation,
): { readonly flops: number; readonly bytes: number } {
  const total = (tally: Tally): number => (operation === undefined ? Object.values(tally).map(sum).reduce(plus, 0) : sum(tally[operation]));
  return { flops: total(flops), bytes: total(bytes) };
}

function sum(byFormat: { readonly [format: string]: number } = {}): number {
  return Object.values(byFormat).reduce(plus, 0);
}

function plus(a: number, b: number): number {
  return a + b;
}
