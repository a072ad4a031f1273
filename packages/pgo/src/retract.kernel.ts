import { EXP_SERIES } from "@slam/lie";
import { COS_SIN_BOUND, cosSinOfTwo, type Expr, f64, f64x2, i32, type ModuleBuilder, select } from "@slam/wasm";
import { countBeyond, pairOf, WRAPPED_AT_ONCE, wrap } from "./planar.kernel.ts";

/** Poses of the plane moved along their tangents, with the bits of `se2.retract`. */
export interface RetractKernel {
  /**
   * X <- X Exp(xi) of so many poses that have a block column in dx; the others stay. Addresses of [x y theta], of the columns (-1: none), and of dx, all in fp64.
   * Returns how many angles are too large for it or not finite: those results are not the reference's.
   */
  retract(poses: number, columns: number, count: number, dx: number): number;
}

const POSE = 24;

export function retractKernel(m: ModuleBuilder<RetractKernel>): void {
  m.func("retract", { poses: "i32", columns: "i32", count: "i32", dx: "i32" }, "i32", (f, { poses, columns, count, dx }) => {
    const beyond = f.let<"i32">(i32.const(0));
    f.for(0, count, 1, (k) => {
      const column = f.let(i32.load(i32.add(columns, i32.shl(k, 2))));
      f.if(i32.ge_s(column, 0), () => {
        const pose = f.let(i32.add(poses, i32.mul(k, POSE)));
        const xi = f.let(i32.add(dx, i32.mul(column, POSE)));
        const [vx, vy, omega] = [0, 8, 16].map((offset) => f.let(f64.load(xi, offset)));
        // Exp(xi) = [V (vx, vy), omega], V = [1 - beta omega^2, -alpha omega; alpha omega, 1 - beta omega^2]
        const square = f.let(f64.mul(omega, omega));
        countBeyond(f, beyond, square, 1);
        const size = f.let(f64.sqrt(square));
        const theta = f.let(f64.load(pose, 16));
        countBeyond(f, beyond, theta, COS_SIN_BOUND);
        const [c2, s2] = cosSinOfTwo(f, pairOf(f, [f.let(f64.mul(size, 0.5)), theta])).map((pair) => f.let(pair));
        const sine = f64x2.extract_lane(s2, 0);
        const [cosine, sineOfTheta] = [c2, s2].map((pair) => f.let(f64x2.extract_lane(pair, 1)));
        const series = f64.sub(0.5, f64.div(square, 48));
        const half = f.let(select(series, f64.div(sine, size), f64.lt(square, EXP_SERIES.below)));
        const s = f.let(f64.mul(f64.mul(f64.mul(2, half), half), omega));
        const c = f.let(f64.sub(1, f64.mul(f.let(descending(square, EXP_SERIES.beta)), square)));
        const x = f.let(f64.sub(f64.mul(c, vx), f64.mul(s, vy)));
        const y = f.let(f64.add(f64.mul(s, vx), f64.mul(c, vy)));
        // X Exp(xi) = [t + R (x, y), theta + omega]
        f.store(pose, f64.add(f64.load(pose), f64.sub(f64.mul(cosine, x), f64.mul(sineOfTheta, y))));
        f.store(pose, f64.add(f64.load(pose, 8), f64.add(f64.mul(sineOfTheta, x), f64.mul(cosine, y))), 8);
        const turned = f.let(f64.add(theta, omega));
        countBeyond(f, beyond, turned, WRAPPED_AT_ONCE);
        wrap(f, turned);
        f.store(pose, turned, 16);
      });
    });
    return beyond;
  });
}

/** By Horner's rule; coefficients by ascending powers. */
function descending(x: Expr<"f64">, coefficients: readonly number[]): Expr<"f64"> {
  return coefficients.reduceRight<Expr<"f64">>((sum, c) => f64.add(f64.mul(sum, x), c), f64.const(0));
}
