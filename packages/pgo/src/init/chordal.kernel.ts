import { arcTangent, COS_SIN_BOUND, cosSin, type Expr, type FunctionBuilder, f64, i32, type Local, type ModuleBuilder } from "@slam/wasm";

/** Addresses, numbers in fp64, and how many edges or rows. */
export interface ChordalKernels {
  /**
   * The two blocks of each edge's rows of rotations at the places that its indices give, from its measurement and its information: `writeEdgeRotation`, with its bits. Edges
   * that take more than that, as where a pose is held, are left out: their numbers, counted from 0, are written to `special`; returns how many.
   */
  rotations(
    count: number,
    measurements: number,
    information: number,
    ofFrom: number,
    ofTo: number,
    values: number,
    special: number,
  ): number;
  /** The columns of translations of so many rows of a Jacobian. */
  translations(J: number, rows: number, columns: number): void;
  /**
   * In the plane: so many poses turn as the rows of their rotations say, those of each block column's two numbers; poses of column -1 stay. Poses that take more than that are left out, as above.
   */
  turn(count: number, poses: number, columns: number, firstRow: number, secondRow: number, special: number): number;
  /** t <- t - R rho of so many poses that have a block column; as above. */
  move(count: number, poses: number, columns: number, rho: number, special: number): number;
}

/** Of a rotation's weight, relative to the trace: its eigenvalues are held above it. */
export const LEAST_WEIGHT = 1e-6;

type Body = FunctionBuilder<"i32">;
type Value = Local<"f64">;

/** root and atFrom, d x d, row-major; zero where there is none. */
interface Blocks {
  readonly root: readonly Expr<"f64">[];
  readonly atFrom: readonly Expr<"f64">[];
  /** Whether they are right. */
  readonly isPlain: Expr<"i32">;
}

export function chordalKernels(m: ModuleBuilder<ChordalKernels>, dimension: 2 | 3): void {
  const [size, triangle, dof] = dimension === 2 ? [3, 6, 3] : [7, 21, 6];
  const parameters = {
    count: "i32",
    measurements: "i32",
    information: "i32",
    ofFrom: "i32",
    ofTo: "i32",
    values: "i32",
    special: "i32",
  } as const;
  const blockBytes = dimension * dimension * 8;

  m.func("rotations", parameters, "i32", (f, { count, measurements, information, ofFrom, ofTo, values, special }) => {
    const next = f.let(i32.add(special, 0));
    f.for(0, count, 1, (e) => {
      const index = (array: Local<"i32">): Local<"i32"> => f.let(i32.load(i32.add(array, i32.shl(e, 2))));
      const [i, j] = [index(ofFrom), index(ofTo)];
      const z = f.let(i32.add(measurements, i32.mul(e, size * 8)));
      const W = f.let(i32.add(information, i32.mul(e, triangle * 8)));
      const { root, atFrom, isPlain } = dimension === 2 ? planarBlocks(f, z, W) : spatialBlocks(f, z, W);
      f.if(
        i32.and(isPlain, i32.ge_s(i32.or(i, j), 0)),
        () => {
          for (const { block, numbers } of [
            { block: i, numbers: atFrom },
            { block: j, numbers: root },
          ]) {
            const at = f.let(i32.add(values, i32.mul(block, blockBytes)));
            for (const [k, value] of numbers.entries()) f.store(at, value, 8 * k);
          }
        },
        () => {
          f.store(next, e);
          f.set(next, i32.add(next, 4));
        },
      );
    });
    return i32.shr_u(i32.sub(next, special), 2);
  });

  /** Runs something for each pose that has a column: it says whether the pose is done. */
  const forEachFree = (
    f: Body,
    { count, poses, columns, special }: { readonly [name in "count" | "poses" | "columns" | "special"]: Local<"i32"> },
    run: (pose: Local<"i32">, column: Local<"i32">) => Expr<"i32">,
  ): Expr<"i32"> => {
    const next = f.let(i32.add(special, 0));
    f.for(0, count, 1, (k) => {
      const column = f.let(i32.load(i32.add(columns, i32.shl(k, 2))));
      f.if(i32.ge_s(column, 0), () => {
        f.if(i32.eqz(run(f.let(i32.add(poses, i32.mul(k, size * 8))), column)), () => {
          f.store(next, k);
          f.set(next, i32.add(next, 4));
        });
      });
    });
    return i32.shr_u(i32.sub(next, special), 2);
  };
  const ofPoses = { count: "i32", poses: "i32", columns: "i32" } as const;

  if (dimension === 2) {
    m.func("turn", { ...ofPoses, firstRow: "i32", secondRow: "i32", special: "i32" }, "i32", (f, { firstRow, secondRow, ...parameters }) =>
      forEachFree(f, parameters, (pose, column) => {
        const offset = f.let(i32.mul(column, 16));
        const [first, second] = [firstRow, secondRow].map((row) => f.let(i32.add(row, offset)));
        const y = f.let(f64.sub(f64.load(second), f64.load(first, 8)));
        const x = f.let(f64.add(f64.load(first), f64.load(second, 8)));
        const { angle, isCommon } = arcTangent(f, y, x);
        f.store(pose, angle, 16);
        return isCommon;
      }),
    );
  }

  m.func("move", { ...ofPoses, rho: "i32", special: "i32" }, "i32", (f, { rho, ...parameters }) =>
    forEachFree(f, parameters, (pose, column) => {
      const step = f.let(i32.add(rho, i32.mul(column, dimension * 8)));
      const { R, isPlain } = dimension === 2 ? planarRotation(f, pose) : { R: rotation(f, pose), isPlain: i32.const(1) };
      const done = f.let(isPlain);
      f.if(done, () => {
        for (let a = 0; a < dimension; a++) {
          const t = f.let(f64.load(pose, 8 * a));
          for (let c = 0; c < dimension; c++) f.set(t, f64.sub(t, f64.mul(R[a * dimension + c], f64.load(step, 8 * c))));
          f.store(pose, t, 8 * a);
        }
      });
      return done;
    }),
  );

  m.func("translations", { J: "i32", rows: "i32", columns: "i32" }, "void", (f, { J, rows, columns }) => {
    const into = f.let(i32.add(columns, 0));
    f.for(J, f.let(i32.add(J, i32.mul(rows, dof * 8))), dof * 8, (row) => {
      for (let a = 0; a < dimension; a++) f.store(into, f64.load(row, 8 * a), 8 * a);
      f.set(into, i32.add(into, dimension * 8));
    });
  });
}

/** 0 - a b - ..., in this order. */
function negatedProduct(f: Body, pairs: readonly (readonly [Value, Value])[]): Value {
  return pairs.reduce<Value>((sum, [a, b]) => f.let(f64.sub(sum, f64.mul(a, b))), f.let(f64.const(0)));
}

function planarBlocks(f: Body, z: Local<"i32">, W: Local<"i32">): Blocks {
  const { R, isPlain } = planarRotation(f, z);
  const [c, minusS, s] = R;
  const root = f.let(f64.sqrt(f64.max(f64.load(W, 40), 0)));
  const zero = f64.const(0);
  const along = negatedProduct(f, [[root, c]]);
  return {
    root: [root, zero, zero, root],
    atFrom: [along, negatedProduct(f, [[root, s]]), negatedProduct(f, [[root, minusS]]), along],
    isPlain,
  };
}

/** Of a pose of the plane, row-major. */
function planarRotation(f: Body, pose: Local<"i32">): { readonly R: readonly Value[]; readonly isPlain: Expr<"i32"> } {
  const theta = f.let(f64.load(pose, 16));
  const [c, s] = cosSin(f, theta).map((value) => f.let(value));
  return { R: [c, f.let(f64.neg(s)), s, c], isPlain: f64.lt(f64.abs(theta), COS_SIN_BOUND) };
}

/** By Cholesky, where no pivot says that an eigenvalue may have to be held. */
function spatialBlocks(f: Body, z: Local<"i32">, W: Local<"i32">): Blocks {
  const [xx, xyW, xzW, yy, yzW, zz] = [15, 16, 17, 18, 19, 20].map((k) => f.let(f64.load(W, 8 * k)));
  const [xy, xz, yz] = [xyW, xzW, yzW].map((entry) => f.let(f64.neg(entry)));
  const trace = f.let(f64.add(f64.add(xx, yy), zz));
  const least = f.let(f64.mul(2, f64.mul(LEAST_WEIGHT, trace)));
  const half = f.let(f64.div(trace, 2));
  const a = f.let(f64.sub(half, xx));
  const l00 = f.let(f64.sqrt(a));
  const l10 = f.let(f64.div(xy, l00));
  const l20 = f.let(f64.div(xz, l00));
  const b = f.let(f64.sub(f64.sub(half, yy), f64.mul(l10, l10)));
  const l11 = f.let(f64.sqrt(b));
  const l21 = f.let(f64.div(f64.sub(yz, f64.mul(l20, l10)), l11));
  const c = f.let(f64.sub(f64.sub(f64.sub(half, zz), f64.mul(l20, l20)), f64.mul(l21, l21)));
  const l22 = f.let(f64.sqrt(c));
  const R = rotation(f, z);
  const zero = f64.const(0);
  const rows: readonly (readonly Value[])[] = [[l00, l10, l20], [l11, l21], [l22]];
  return {
    root: rows.flatMap((row, i) => [...Array.from({ length: i }, () => zero), ...row]),
    atFrom: rows.flatMap((row, i) =>
      [0, 1, 2].map((j) =>
        negatedProduct(
          f,
          row.map((entry, k) => [entry, R[3 * j + i + k]] as const),
        ),
      ),
    ),
    isPlain: i32.and(i32.and(f64.gt(a, least), f64.gt(b, least)), f64.gt(c, least)),
  };
}

/** `writeMatrix` of @slam/lie for the pose's quaternion. */
function rotation(f: Body, pose: Local<"i32">): readonly Value[] {
  const [x, y, z, w] = [24, 32, 40, 48].map((offset) => f.let(f64.load(pose, offset)));
  const twice = (a: Expr<"f64">): Expr<"f64"> => f64.mul(2, a);
  const onDiagonal = (a: Value, b: Value): Value => f.let(f64.sub(1, twice(f64.add(f64.mul(a, a), f64.mul(b, b)))));
  const minus = (a: Value, b: Value, c: Value, d: Value): Value => f.let(twice(f64.sub(f64.mul(a, b), f64.mul(c, d))));
  const plus = (a: Value, b: Value, c: Value, d: Value): Value => f.let(twice(f64.add(f64.mul(a, b), f64.mul(c, d))));
  return [
    ...[onDiagonal(y, z), minus(x, y, w, z), plus(x, z, w, y)],
    ...[plus(x, y, w, z), onDiagonal(x, z), minus(y, z, w, x)],
    ...[minus(x, z, w, y), plus(y, z, w, x), onDiagonal(x, y)],
  ];
}
