import { type AnyPrecision, type Storage, sub, type Vec } from "@slam/float";
import type { LinearOperator, Preconditioner, VectorSpace } from "@slam/linop";
import { isNumbers } from "./number-format.ts";

/** [A_1 A_2 ...], all of the same rows, on vectors that are the parts' one after the other. */
export function sideBySide(parts: readonly LinearOperator<AnyPrecision>[], row: Vec<AnyPrecision>): LinearOperator<AnyPrecision> {
  const { rows, space, storage } = parts[0];
  const P = space.format.storage;
  const cols = parts.reduce((sum, part) => sum + part.cols, 0);
  const pieces = piecesOf(parts.map((part) => part.cols));
  function multiply(x: Vec<AnyPrecision>, y: Vec<AnyPrecision>): void {
    parts[0].multiply(piece(x, pieces[0]), y);
    for (let k = 1; k < parts.length; k++) {
      parts[k].multiply(piece(x, pieces[k]), row);
      space.axpy(1, row, y);
    }
  }
  function multiplyTransposed(x: Vec<AnyPrecision>, y: Vec<AnyPrecision>): void {
    for (let k = 0; k < parts.length; k++) parts[k].multiplyTransposed(x, piece(y, pieces[k]));
  }
  return { rows, cols, space, storage: parts.length === 1 ? storage : `${storage} (${P.name})`, multiply, multiplyTransposed };
}

/** diag(M_1, M_2, ...) of preconditioners. */
export function blockDiagonal(parts: readonly Preconditioner<AnyPrecision>[]): Preconditioner<AnyPrecision> {
  const { space, storage } = parts[0];
  const pieces = piecesOf(parts.map((part) => part.size));
  const [ofR, ofZ] = [pieces.map(pieceKept), pieces.map(pieceKept)];
  return {
    size: pieces[pieces.length - 1][1],
    space,
    storage,
    apply(r, z) {
      for (let k = 0; k < parts.length; k++) parts[k].apply(ofR[k](r), ofZ[k](z));
    },
  };
}

/** x[from ... to) */
export function piece(x: Vec<AnyPrecision>, [from, to]: readonly [from: number, to: number]): Vec<AnyPrecision> {
  return sub(x as Storage, from, to) as Vec<AnyPrecision>;
}

/** x[from ... to) of one vector after another; nothing is allocated while it is the same one, as it is in a solver's loop. */
export function pieceKept(span: readonly [from: number, to: number]): (x: Vec<AnyPrecision>) => Vec<AnyPrecision> {
  let of: Vec<AnyPrecision> | undefined;
  let kept: Vec<AnyPrecision> | undefined;
  return (x) => {
    if (kept === undefined || x !== of) kept = piece(x, span);
    of = x;
    return kept;
  };
}

/** Where vectors of these lengths begin and end, one after the other. */
export function piecesOf(lengths: readonly number[]): readonly (readonly [from: number, to: number])[] {
  let from = 0;
  return lengths.map((length) => {
    const piece = [from, from + length] as const;
    from += length;
    return piece;
  });
}

/** x <- values, each rounded once. */
export function write(space: VectorSpace<AnyPrecision>, values: Float64Array, x: Vec<AnyPrecision>): void {
  const storage: AnyPrecision = space.format.storage;
  if (isNumbers(storage)) (x as Float64Array).set(values);
  else for (let i = 0; i < values.length; i++) storage.store(x as Storage, i, values[i]);
}

export function read(space: VectorSpace<AnyPrecision>, x: Vec<AnyPrecision>, values: Float64Array): void {
  const storage: AnyPrecision = space.format.storage;
  if (isNumbers(storage)) values.set(x as Float64Array);
  else for (let i = 0; i < values.length; i++) values[i] = storage.load(x as Storage, i);
}
