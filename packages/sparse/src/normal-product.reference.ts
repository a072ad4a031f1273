import type { AnyPrecision, Storage } from "@slam/float";
import type { NormalSymbolic } from "./normal.ts";

/** H <- A'A in any format: every operation through the format's arithmetic. */
export function productReference(symbolic: NormalSymbolic, P: AnyPrecision, values: Storage, H: Storage): void {
  const { r, c } = symbolic.A;
  forEachPair(symbolic, (k, l, block) => {
    for (let a = 0; a < r; a++) {
      for (let i = 0; i < c; i++) {
        const v = P.load(values, (k * r + a) * c + i);
        for (let j = 0; j < c; j++) {
          const h = (block * c + i) * c + j;
          P.store(H, h, P.add(P.load(H, h), P.mul(v, P.load(values, (l * r + a) * c + j))));
        }
      }
    }
  });
}

/** Calls for blocks k >= l of each block row of A, ascending, with the block of A'A that their product adds to. */
export function forEachPair({ A, target }: NormalSymbolic, add: (k: number, l: number, block: number) => void): void {
  let pair = 0;
  for (let row = 0; row < A.blockRows; row++) {
    for (let k = A.rowPtr[row]; k < A.rowPtr[row + 1]; k++) {
      for (let l = A.rowPtr[row]; l <= k; l++, pair++) if (target[pair] >= 0) add(k, l, target[pair]);
    }
  }
}
