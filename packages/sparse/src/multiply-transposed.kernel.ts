import { type FunctionBuilder, i32 } from "@slam/wasm";
import { addToColumns } from "./add-to-columns.kernel.ts";
import type { BsrParameters } from "./bsr-parameters.ts";
import type { StoredLanes } from "./stored-lanes.kernel.ts";

/** y <- y + A' x; y_j takes v_aj x_a by ascending row. */
export function multiplyTransposed(f: FunctionBuilder<"void">, parameters: BsrParameters, r: number, c: number, stored: StoredLanes): void {
  const { vectors } = stored;
  const { lanes, bytes } = vectors;
  const xi = f.let(i32.add(parameters.x, 0));
  addToColumns(f, parameters, r, c, stored, () => {
    const xs = Array.from({ length: r }, (_, a) => {
      const everywhere = Array.from({ length: lanes }, () => ({ address: xi, offset: a * bytes, count: 1 }));
      return f.let(stored.readFactor(f, everywhere));
    });
    f.set(xi, i32.add(xi, r * bytes));
    return (values, a) => vectors.mul(f, values, xs[a]);
  });
}
