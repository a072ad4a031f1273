import type { AnyPrecision } from "@slam/float";
import { addDiagonal, type BsrMatrix } from "@slam/sparse";
import type { BsrJacobian } from "./jacobian.ts";

/** H <- H with 1 on the diagonal of J's padding, whose rows and columns in J'J are zero: a step then leaves it where it is, exactly. */
export function holdPadding(H: BsrMatrix<AnyPrecision>, { padding }: BsrJacobian): void {
  if (padding !== undefined) addDiagonal(H, padding);
}
