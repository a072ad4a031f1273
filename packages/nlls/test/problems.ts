import { DenseProblem } from "./dense.ts";

/**
 * Problems whose answers are known; where no other source is named, of More, Garbow and Hillstrom, Testing Unconstrained Optimization
 * Software, ACM TOMS 7, 1981.
 */

/** x + y = 3, x - y = 1, 2 x = 3: x = 5/3, y = 1, |r|^2 = 1/3. */
export const linear = new DenseProblem(
  2,
  ([x, y]) => [x + y - 3, x - y - 1, 2 * x - 3],
  () => [
    [1, 1],
    [1, -1],
    [2, 0],
  ],
);

export const rosenbrock = new DenseProblem(
  2,
  ([x, y]) => [10 * (y - x ** 2), 1 - x],
  ([x]) => [
    [-20 * x, 10],
    [-1, 0],
  ],
);

/** Zero at 0, where J has rank 2. */
export const powellSingular = new DenseProblem(
  4,
  ([a, b, c, d]) => [a + 10 * b, Math.sqrt(5) * (c - d), (b - 2 * c) ** 2, Math.sqrt(10) * (a - d) ** 2],
  ([a, b, c, d]) => [
    [1, 10, 0, 0],
    [0, 0, Math.sqrt(5), -Math.sqrt(5)],
    [0, 2 * (b - 2 * c), -4 * (b - 2 * c), 0],
    [2 * Math.sqrt(10) * (a - d), 0, 0, -2 * Math.sqrt(10) * (a - d)],
  ],
);

/** Zero at (3, 0.5). From (1, 1) no residual depends on the first unknown. */
export const beale = new DenseProblem(
  2,
  ([a, b]) => [1.5, 2.25, 2.625].map((y, i) => y - a * (1 - b ** (i + 1))),
  ([a, b]) => [1, 2, 3].map((i) => [b ** i - 1, a * i * b ** (i - 1)]),
);

/** 124.36218235... at a = b = 0.2578..., where J'J is singular. */
export const jennrichSampson = new DenseProblem(
  2,
  ([a, b]) => tens((i) => 2 + 2 * i - (Math.exp(i * a) + Math.exp(i * b))),
  ([a, b]) => tens((i) => [-i * Math.exp(i * a), -i * Math.exp(i * b)]),
);

function tens<T>(value: (i: number) => T): T[] {
  return Array.from({ length: 10 }, (_, i) => value(i + 1));
}

/**
 * r = (x + 1, lambda x^2 + x - 1): |r|^2 = 2 at x = 0, the least for lambda <= 1, near which Gauss-Newton goes from x to lambda x.
 * Fletcher, Practical Methods of Optimization, 1987, chapter 6.
 */
export function fletcher(lambda: number): DenseProblem {
  return new DenseProblem(
    1,
    ([x]) => [x + 1, lambda * x ** 2 + x - 1],
    ([x]) => [[1], [2 * lambda * x + 1]],
  );
}

/** Newton's method on it diverges from |x| > 1.39. */
export const arctangent = new DenseProblem(
  1,
  ([x]) => [Math.atan(x)],
  ([x]) => [[1 / (1 + x ** 2)]],
);

/** Undefined for x <= 0, zero at e^5. */
export const logarithm = new DenseProblem(
  1,
  ([x]) => [Math.log(x) - 5],
  ([x]) => [[1 / x]],
);

const misraY = [10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.4, 75.47, 81.78];
const misraX = [77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0];

/** Misra1a of NIST's Statistical Reference Datasets: y = b1 (1 - exp(-b2 x)). Values are certified to 11 digits. */
export const misra1a = {
  problem: new DenseProblem(
    2,
    ([b1, b2]) => misraX.map((x, i) => b1 * (1 - Math.exp(-b2 * x)) - misraY[i]),
    ([b1, b2]) => misraX.map((x) => [1 - Math.exp(-b2 * x), b1 * x * Math.exp(-b2 * x)]),
  ),
  starts: [
    [500, 0.0001],
    [250, 0.0005],
  ],
  certified: { b1: 2.3894212918e2, b2: 5.5015643181e-4, sumOfSquares: 1.2455138894e-1 },
} as const;
