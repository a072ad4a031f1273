import { checkLength, type FilePlace, ParseError } from "@slam/errors";
import { nearestRotation, se3 } from "@slam/lie";
import { chunksOfLines } from "./chunks.ts";
import { type RowFormat, readRows } from "./rows.ts";

/** Entries of two decimals are off by 0.005, and R'R by three products of twice that. What is farther is another kind of file. */
const ORTHOGONALITY_TOLERANCE = 0.03;

const KITTI: RowFormat = {
  columns: "12 numbers, the rows of [R t]",
  count: 12,
  separator: "blanks",
  add(row, place, out) {
    const [r00, r01, r02, x, r10, r11, r12, y, r20, r21, r22, z] = row;
    const R = Float64Array.of(r00, r01, r02, r10, r11, r12, r20, r21, r22);
    checkRotation(R, place);
    const q = new Float64Array(4);
    nearestRotation(R, 0, q, 0);
    out.push(x, y, z, ...q);
  },
};

/**
 * Reads lines of 12 numbers, the rows of the 3 x 4 matrix [R t] one after the other: metres, worldFromBody. There are no timestamps: a line is a
 * frame. Blank lines and lines that start with # are skipped; R becomes the nearest rotation.
 *
 * @param file what messages call it.
 * @returns n x 7 poses.
 * @throws ParseError for a line that is something else, and for a file without poses.
 * @see https://www.cvlibs.net/datasets/kitti/eval_odometry.php
 */
export function readKitti(bytes: Uint8Array, file: string = "trajectory"): Float64Array {
  return Float64Array.from(readRows(bytes, file, KITTI));
}

/** The lines of n x 7 poses, in chunks. Positions read back as they are, rotations to a few roundings of their matrix. */
export function* writeKitti(poses: Float64Array): Generator<string, void, undefined> {
  const n = Math.floor(poses.length / 7);
  checkLength("writeKitti: poses", poses.length, 7 * n);
  const matrix = new Float64Array(16);
  yield* chunksOfLines(n, (i) => {
    se3.toMatrix(poses, 7 * i, matrix, 0);
    return matrix.subarray(0, 12).join(" ");
  });
}

function checkRotation(R: Float64Array, place: FilePlace): void {
  let off = 0;
  for (let a = 0; a < 3; a++) {
    for (let b = 0; b < 3; b++) {
      const product = R[a] * R[b] + R[a + 3] * R[b + 3] + R[a + 6] * R[b + 6];
      off = Math.max(off, Math.abs(product - (a === b ? 1 : 0)));
    }
  }
  const [a, b, c, d, e, f, g, h, i] = R;
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  if (off <= ORTHOGONALITY_TOLERANCE && determinant > 0) return;
  throw new ParseError(place, { expected: "a rotation R in [R t]", actual: R.join(" ") });
}
