import {
  COS_SIN_BOUND,
  cosSinOfTwo,
  type Expr,
  type FunctionBuilder,
  f32,
  f64,
  f64x2,
  i32,
  type Local,
  type ModuleBuilder,
  select,
} from "@slam/wasm";

/**
 * What `linearizeEngine` computes from angles before the kernels of the factor run, in fp64 or fp32 as those do. Poses and measurements are in fp64,
 * [x y theta]. Each returns 0, or more where an angle is too large for it or not finite: those results are not the reference's.
 */
export interface PlanarKernels {
  /** into <- [x y cos sin] of so many poses. */
  place(poses: number, count: number, into: number): number;
  /** turns <- wrap(theta_to - theta_from - theta_z) of so many edges. */
  angles(from: number, to: number, edges: number, poses: number, z: number, turns: number): number;
  /** turns <- [cos sin] of that. */
  directions(from: number, to: number, edges: number, poses: number, z: number, turns: number): number;
}

type Address = Local<"i32">;
type Body = FunctionBuilder<"i32">;

const EDGES = { from: "i32", to: "i32", edges: "i32", poses: "i32", z: "i32", turns: "i32" } as const;
const POSE = 24;
/** `wrap` is for angles below it in size. */
export const WRAPPED_AT_ONCE: number = 4 * Math.PI;

/** angle <- angle in [-pi, pi), the bits of `wrapAngle` of @slam/lie: 2 pi, subtracted at most twice, takes what is below the bound there, exactly. */
export function wrap(f: FunctionBuilder<"i32">, angle: Local<"f64">): void {
  for (let time = 0; time < 2; time++) {
    f.set(angle, select(f64.sub(angle, 2 * Math.PI), angle, f64.ge(angle, Math.PI)));
    f.set(angle, select(f64.add(angle, 2 * Math.PI), angle, f64.lt(angle, -Math.PI)));
  }
}

/** Adds 1 to the count where |x| is not below the bound. */
export function countBeyond(f: FunctionBuilder<"i32">, count: Local<"i32">, x: Expr<"f64">, bound: number): void {
  f.set(count, i32.add(count, i32.eqz(f64.lt(f64.abs(x), bound))));
}

/** The numbers below count two by two; the last of an odd number twice. */
function forEachTwo(f: Body, count: Address, body: (both: readonly [Address, Address]) => void): void {
  f.for(0, count, 2, (k) => {
    body([k, f.let(i32.add(k, i32.lt_u(i32.add(k, 1), count)))]);
  });
}

/** Two numbers in one vector. */
export function pairOf(f: FunctionBuilder<"i32">, [a, b]: readonly Local<"f64">[]): Local<"v128"> {
  return f.let(f64x2.replace_lane(f64x2.splat(a), 1, b));
}

export function planarKernels(m: ModuleBuilder<PlanarKernels>, format: "fp64" | "fp32"): void {
  const bytes = format === "fp64" ? 8 : 4;
  const rounded = (x: Expr<"f64">): Expr<"f64"> => (format === "fp64" ? x : f64.promote_f32(f32.demote_f64(x)));
  const store = (f: Body, at: Address, x: Expr<"f64">, k: number): void => {
    f.store(at, format === "fp64" ? x : f32.demote_f64(x), k * bytes);
  };
  const element = (f: Body, array: Address, index: Expr<"i32">, size: number): Address => f.let(i32.add(array, i32.mul(index, size)));

  m.func("place", { poses: "i32", count: "i32", into: "i32" }, "i32", (f, { poses, count, into }) => {
    const beyond = f.let<"i32">(i32.const(0));
    forEachTwo(f, count, (both) => {
      const ends = both.map((k) => ({ pose: element(f, poses, k, POSE), at: element(f, into, k, 4 * bytes) }));
      const thetas = ends.map(({ pose }) => f.let(rounded(f64.load(pose, 16))));
      for (const theta of thetas) countBeyond(f, beyond, theta, COS_SIN_BOUND);
      const [c, s] = cosSinOfTwo(f, pairOf(f, thetas)).map((pair) => f.let(pair));
      ends.forEach(({ pose, at }, lane) => {
        store(f, at, f64.load(pose), 0);
        store(f, at, f64.load(pose, 8), 1);
        store(f, at, f64x2.extract_lane(c, lane), 2);
        store(f, at, f64x2.extract_lane(s, lane), 3);
      });
    });
    return beyond;
  });

  /** The angle by which an edge's error turns; as `turn` of the formulas, every operation rounded. */
  const turnOf = (
    f: Body,
    { from, to, poses, z }: { readonly [name in keyof typeof EDGES]: Address },
    edge: Address,
    beyond: Local<"i32">,
  ): Local<"f64"> => {
    const thetaOf = (array: Address, index: Expr<"i32">): Expr<"f64"> => rounded(f64.load(element(f, array, index, POSE), 16));
    const offset = f.let(i32.mul(edge, 4));
    const j = f.let(thetaOf(poses, i32.load(i32.add(to, offset))));
    const i = f.let(thetaOf(poses, i32.load(i32.add(from, offset))));
    const between = f.let(rounded(f64.sub(j, i)));
    const turn = f.let(rounded(f64.sub(between, thetaOf(z, edge))));
    countBeyond(f, beyond, turn, WRAPPED_AT_ONCE);
    wrap(f, turn);
    return f.let(rounded(turn));
  };

  m.func("angles", EDGES, "i32", (f, parameters) => {
    const beyond = f.let<"i32">(i32.const(0));
    f.for(0, parameters.edges, 1, (edge) => {
      store(f, element(f, parameters.turns, edge, bytes), turnOf(f, parameters, edge, beyond), 0);
    });
    return beyond;
  });

  m.func("directions", EDGES, "i32", (f, parameters) => {
    const beyond = f.let<"i32">(i32.const(0));
    forEachTwo(f, parameters.edges, (both) => {
      const turns = both.map((edge) => turnOf(f, parameters, edge, beyond));
      const [c, s] = cosSinOfTwo(f, pairOf(f, turns)).map((pair) => f.let(pair));
      both.forEach((edge, lane) => {
        const at = element(f, parameters.turns, edge, 2 * bytes);
        store(f, at, f64x2.extract_lane(c, lane), 0);
        store(f, at, f64x2.extract_lane(s, lane), 1);
      });
    });
    return beyond;
  });
}
