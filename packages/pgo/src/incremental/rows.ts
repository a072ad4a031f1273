/** Rows of numbers that are added at the end: memory doubles when it is full, so that a row costs O(1) however many there are. */
export class FloatRows {
  values: Float64Array = new Float64Array(0);
  readonly #width: number;

  constructor(width: number) {
    this.#width = width;
  }

  /** Room for so many rows; `values` may be another array afterwards, new rows zero. */
  reserve(rows: number): void {
    if (rows * this.#width <= this.values.length) return;
    const grown = new Float64Array(capacity(rows) * this.#width);
    grown.set(this.values);
    this.values = grown;
  }
}

/** As `FloatRows`, one integer a row. */
export class IntegerRows {
  values: Int32Array = new Int32Array(0);

  reserve(rows: number): void {
    if (rows <= this.values.length) return;
    const grown = new Int32Array(capacity(rows));
    grown.set(this.values);
    this.values = grown;
  }
}

/** The power of two not below, at least 16. */
function capacity(rows: number): number {
  return 2 ** Math.max(4, 32 - Math.clz32(rows - 1));
}
