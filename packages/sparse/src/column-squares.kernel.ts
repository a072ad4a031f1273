import { type AnyPrecision, fp64 } from "@slam/float";
import { f64x2, type ModuleBuilder } from "@slam/wasm";
import { addToColumns } from "./add-to-columns.kernel.ts";
import { type Layout, storedLanes } from "./stored-lanes.kernel.ts";

/** Arguments are addresses, and a number of block rows. */
export interface ColumnSquaresKernel {
  /** y_j <- y_j + sum_i A_ij^2 in fp64, by ascending row. */
  columnSquares(rowPtr: number, colIdx: number, values: number, blockRows: number, y: number): void;
}

export function columnSquaresKernel(m: ModuleBuilder<ColumnSquaresKernel>, r: number, c: number, M: AnyPrecision, layout: Layout): void {
  const parameters = { rowPtr: "i32", colIdx: "i32", values: "i32", blockRows: "i32", y: "i32" } as const;
  m.func("columnSquares", parameters, "void", (f, locals) => {
    addToColumns(f, locals, r, c, storedLanes(M, layout, fp64, r, c), () => (values) => {
      const v = f.let(values);
      return f64x2.mul(v, v);
    });
  });
}
