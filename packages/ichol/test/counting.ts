import { type FP64, fp64 } from "@slam/float";

/** fp64 that counts its operations. */
export class CountingFormat {
  operations = 0;
  readonly format: FP64 = {
    ...fp64,
    add: (a, b) => this.#counted(a + b),
    sub: (a, b) => this.#counted(a - b),
    mul: (a, b) => this.#counted(a * b),
    div: (a, b) => this.#counted(a / b),
    sqrt: (a) => this.#counted(Math.sqrt(a)),
  };

  #counted(result: number): number {
    this.operations++;
    return result;
  }
}
