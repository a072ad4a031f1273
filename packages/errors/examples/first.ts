import { checkLength, checkNumber, SlamError } from "@slam/errors";

/** y <- a x + y; checks come first, before anything is written. */
function axpy(a: number, x: Float64Array, y: Float64Array): void {
  checkNumber("axpy: a", a, -1e6, 1e6);
  checkLength("axpy: x", x.length, y.length);
  for (let i = 0; i < x.length; i++) y[i] += a * x[i];
}

try {
  axpy(2, new Float64Array(5), new Float64Array(6));
} catch (error) {
  if (!(error instanceof SlamError)) throw error;
  console.log(`${error.name}: ${error.message}`); // DimensionError: axpy: x has length 5, expected 6
  console.log(error.details); // { what: 'axpy: x', expected: 6, actual: 5 }
}
