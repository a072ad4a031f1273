import type { CameraModel } from "@slam/camera";
import { type Expr, type FunctionBuilder, f32, f64, i32, type Local, type ModuleBuilder } from "@slam/wasm";
import { type Anchored, anchoredPoint } from "./anchored.kernel.ts";
import type { Landmarks } from "./anchors.ts";
import { POSE_SIZE } from "./bundle.ts";
import { type Arithmetic, arithmetic, column3, cross, dot3, row3, type Value } from "./kernel-vectors.ts";
import type { Group } from "./unknowns.ts";

type Address = Local<"i32">;
/** Of an observation's block, each of as many numbers as its group has columns. */
type Rows = readonly (readonly Value[])[];

/** Arguments are addresses, but for the observations. */
export interface JacobianKernel {
  /** The blocks of observations first ... end - 1 in each group's part of J. */
  jacobian(table: number, first: number, end: number): void;
}

/** The addresses that `table` holds, as 32-bit integers; `anchors` and `sides`, of points, with landmarks by inverse depth alone. */
export const TABLE = ["camera", "point", "lensOf", "poses", "rotations", "lenses", "points", "anchors", "sides"] as const;

/**
 * Behind them those of each group: the rowPtr of its part of J and its values; and, of a group with others, for each observation the block by its variable and that by the other, -1 for none.
 */
export const PART = ["rowPtr", "values", "own", "other"] as const;

type Part = { readonly name: Group["name"] } & { readonly [field in (typeof PART)[number]]: Address };

/** dz/dq and dz/dk of an observation. */
interface Derivatives {
  readonly byPoint: Rows;
  readonly byIntrinsics: Rows;
}

/**
 * What `Observer` and `JacobianBlocks` do, with their bits, for a model with formulas and residuals that are not weighed.
 *
 * @param groups the names of the groups, separated by spaces.
 */
export function jacobianKernel(
  m: ModuleBuilder<JacobianKernel>,
  model: CameraModel,
  groups: string,
  format: "fp64" | "fp32",
  landmarks: Landmarks,
): void {
  m.func("jacobian", { table: "i32", first: "i32", end: "i32" }, "void", (f, { table, first, end }) => {
    const address = (k: number): Address => f.let(i32.load(table, 4 * k));
    const [camera, point, lensOf, poses, rotations, lenses, points, anchors, sides] = TABLE.map((_, k) => address(k));
    const parts = groups.split(" ").map((name, k): Part => {
      const [rowPtr, values, own, other] = PART.map((_, field) => address(TABLE.length + PART.length * k + field));
      return { name: name as Group["name"], rowPtr, values, own, other };
    });
    const A = arithmetic(f);
    f.for(first, end, 1, (i) => {
      const at = f.let(i32.mul(i, 4));
      const c = f.let(i32.load(i32.add(camera, at)));
      const p = f.let(i32.load(i32.add(point, at)));
      const read = (array: Address, index: Expr<"i32">, n: number): readonly Value[] => {
        const address = f.let(i32.add(array, i32.mul(index, 8 * n)));
        return Array.from({ length: n }, (_, k) => f.let(f64.load(address, 8 * k)));
      };
      const poseOf = (camera: Local<"i32">) => ({ R: read(rotations, camera, 9), t: read(poses, camera, POSE_SIZE) });
      const { R, t } = poseOf(c);
      const k = read(lenses, i32.load(i32.add(lensOf, i32.mul(c, 4))), model.intrinsics.length);
      const P = read(points, p, 3);
      const write = writer(f, at, format);
      const position = (): void => {
        const d = P.map((x, a) => A.sub(x, t[a]));
        const q = [0, 1, 2].map((a) => dot3(A, column3(R, a), d));
        const derivatives = derivativesOf(model, A, k, q);
        for (const part of parts) write.only(part, () => blockRows(A, part.name, derivatives, q, R));
      };
      const inverseDepth = (anchor: Local<"i32">): void => {
        const side = f.let(f64.load(i32.add(sides, i32.mul(p, 8))));
        const isOwn = f.let(i32.eq(anchor, c));
        const anchored = anchoredPoint(f, A, { camera: { R, t }, anchor: poseOf(anchor), isOwn }, [P[0], P[1], side], P[2]);
        const derivatives = derivativesOf(model, A, k, anchored.q);
        for (const part of parts) writeAnchored(write, part, anchored, derivatives);
      };
      if (landmarks === "position") position();
      else {
        const anchor = f.let(i32.load(i32.add(anchors, i32.mul(p, 4))));
        f.if(i32.ge_s(anchor, 0), () => inverseDepth(anchor), position);
      }
    });
  });
}

function derivativesOf(model: CameraModel, A: Arithmetic, k: readonly Value[], q: readonly Value[]): Derivatives {
  const { byPoint, byIntrinsics } = model.formulas!(A, k, q);
  const rowsOf = (all: readonly Value[], n: number): Rows => model.measurement.map((_, a) => all.slice(n * a, n * (a + 1)));
  return { byPoint: rowsOf(byPoint, 3), byIntrinsics: rowsOf(byIntrinsics, k.length) };
}

interface Writer {
  /** The block of a part that has one for the observation. */
  only(part: Part, rows: () => Rows): void;
  /** The block whose index a field has, unless it is negative. */
  indexed(part: Part, field: "own" | "other", rows: () => Rows): void;
}

/** @param at the observation's offset in tables of 32-bit integers. */
function writer(f: FunctionBuilder<"void">, at: Local<"i32">, format: "fp64" | "fp32"): Writer {
  const bytes = format === "fp64" ? 8 : 4;
  const store = (values: Address, block: Local<"i32">, rows: Rows): void => {
    const all = rows.flat();
    const into = f.let(i32.add(values, i32.mul(block, all.length * bytes)));
    all.forEach((x, j) => {
      f.store(into, format === "fp64" ? x : f32.demote_f64(x), j * bytes);
    });
  };
  return {
    only({ rowPtr, values }, rows) {
      const block = f.let(i32.load(i32.add(rowPtr, at)));
      f.if(i32.gt_s(i32.load(i32.add(rowPtr, at), 4), block), () => store(values, block, rows()));
    },
    indexed(part, field, rows) {
      const block = f.let(i32.load(i32.add(part[field], at)));
      f.if(i32.ge_s(block, 0), () => store(part.values, block, rows()));
    },
  };
}

/** A group's block of a point that is a position. */
function blockRows(
  A: Arithmetic,
  name: Group["name"],
  { byPoint, byIntrinsics }: Derivatives,
  q: readonly Value[],
  R: readonly Value[],
): Rows {
  if (name === "intrinsics") return byIntrinsics;
  if (name === "point") return byPoint.map((d) => [0, 1, 2].map((b) => dot3(A, d, row3(R, b))));
  const poses = byPoint.map((d) => [...d.map(A.neg), ...cross(A, d, q)]);
  return name === "pose" ? poses : poses.map((row, a) => [...row, ...byIntrinsics[a]]);
}

/** A group's blocks of an anchored point: of poses that of the camera and that of another anchor. */
function writeAnchored(write: Writer, part: Part, { byPoint, byPose, byAnchor }: Anchored, d: Derivatives): void {
  const { name } = part;
  if (name === "intrinsics") write.only(part, () => d.byIntrinsics);
  else if (name === "point") write.only(part, () => d.byPoint.map(byPoint));
  else {
    const withLens = (rows: Rows, by: Rows): Rows => (name === "pose" ? rows : rows.map((row, a) => [...row, ...by[a]]));
    write.indexed(part, "own", () => withLens(d.byPoint.map(byPose), d.byIntrinsics));
    // What an anchor's own lens is, its points' other observations do not depend on.
    const zeros = d.byIntrinsics.map((row) => row.map(() => f64.const(0)));
    write.indexed(part, "other", () => withLens(d.byPoint.map(byAnchor), zeros));
  }
}
