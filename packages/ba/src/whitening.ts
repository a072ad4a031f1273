import { OptionError } from "@slam/errors";
import { newArrays, type Scratch } from "@slam/linop";

/**
 * W with W'W = Omega for each inverse covariance Omega: its upper triangular Cholesky factor, row-major rows x rows.
 *
 * @param information m x the upper triangle, row-major.
 * @param scratch what they are taken from. Default a new array.
 * @throws OptionError where one is not positive definite.
 */
export function squareRoots(information: Float64Array, rows: number, scratch: Scratch = newArrays): Float64Array {
  const size = (rows * (rows + 1)) / 2;
  const count = information.length / size;
  const roots = scratch.numbers(count * rows * rows);
  for (let i = 0; i < count; i++) {
    const at = i * rows * rows;
    for (let a = 0, entry = i * size; a < rows; a++) {
      for (let b = a; b < rows; b++, entry++) {
        let sum = information[entry];
        for (let k = 0; k < a; k++) sum -= roots[at + k * rows + a] * roots[at + k * rows + b];
        if (a === b && !(sum > 0)) {
          throw new OptionError(`bundle.information of observation ${i}`, {
            expected: "a positive definite matrix",
            actual: `pivot ${sum}`,
          });
        }
        roots[at + a * rows + b] = a === b ? Math.sqrt(sum) : sum / roots[at + a * rows + a];
      }
    }
  }
  return roots;
}
