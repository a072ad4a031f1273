import { checkInteger } from "@slam/errors";
import type { BsrPattern } from "@slam/sparse";
import { type Bundle, cameraCount, lensCount, pointCount } from "./bundle.ts";

/** What is held where it is. */
export interface Held {
  /** Indices of cameras whose poses stay. */
  readonly cameras?: Iterable<number>;
  readonly points?: Iterable<number>;
  /** Default false: intrinsics are refined. */
  readonly intrinsics?: boolean;
}

/** Variables of one size, each a block of consecutive columns. */
export interface Group {
  readonly name: "camera" | "pose" | "intrinsics" | "point";
  /** Columns a variable. */
  readonly dof: number;
  /** The block column of each variable, counted within the group; -1 where it is held. */
  readonly column: Int32Array;
  readonly columns: number;
  /** The variable of each observation. */
  readonly variable: Int32Array;
  /** Another one that an observation depends on, the pose that its point is anchored in; -1 for none. */
  readonly other?: Int32Array;
}

/**
 * The unknowns of a bundle: poses and intrinsics in one block where every camera has a lens of its own, otherwise in one each; points last. Columns follow in
 * that order.
 */
export interface Unknowns {
  readonly groups: readonly Group[];
  /** Where each group's columns begin; one number more than there are groups. */
  readonly starts: readonly number[];
  readonly cols: number;
}

export const POSE_DOF = 6;

/** What priors are about, besides what is measured. */
export interface Known {
  readonly cameras: readonly number[];
  readonly points: readonly number[];
}

/**
 * @param anchors the pose that the point of each observation is anchored in, where that is another than the one that observes; -1 elsewhere.
 * @throws OptionError for an index out of range.
 */
export function unknownsOf(bundle: Bundle, held: Held = {}, known: Known = { cameras: [], points: [] }, anchors?: Int32Array): Unknowns {
  const { model, camera, point, intrinsicsOf } = bundle;
  const lens = model.intrinsics.length;
  const pose: Group = {
    ...(anchors && { other: anchors }),
    ...group("pose", POSE_DOF, cameraCount(bundle), camera, held.cameras ?? [], "fixed camera", known.cameras),
  };
  const points = group("point", 3, pointCount(bundle), point, held.points ?? [], "fixed point", known.points);
  // A camera that nothing but a prior is about has no intrinsics to refine.
  const isIdle = known.cameras.length > 0 && new Set(camera).size < cameraCount(bundle);
  const isShared = intrinsicsOf.some((set, c) => set !== c) || pose.columns < cameraCount(bundle) || isIdle;
  const groups: Group[] = [];
  if (held.intrinsics) groups.push(pose);
  else if (isShared) {
    const sets = camera.map((c) => intrinsicsOf[c]);
    groups.push(pose, group("intrinsics", lens, lensCount(bundle), sets, [], "fixed intrinsics"));
  } else groups.push({ ...pose, name: "camera", dof: POSE_DOF + lens });
  groups.push(points);
  const starts = [0];
  for (const { columns, dof } of groups) starts.push(starts[starts.length - 1] + columns * dof);
  return { groups, starts, cols: starts[starts.length - 1] };
}

function group(
  name: Group["name"],
  dof: number,
  count: number,
  variable: Int32Array,
  held: Iterable<number>,
  what: string,
  known: readonly number[] = [],
): Group {
  const column = new Int32Array(count).fill(-1);
  for (const k of variable) column[k] = 0;
  for (const k of known) column[k] = 0;
  for (const k of held) {
    checkInteger(what, k, 0, count - 1);
    column[k] = -1;
  }
  let columns = 0;
  for (let k = 0; k < count; k++) if (column[k] === 0) column[k] = columns++;
  return { name, dof, column, columns, variable };
}

/**
 * Where a group's part of J has blocks: in the rows of each observation one for its variable and one for the other, those that are free, by ascending columns; behind them
 * in those of priors.
 *
 * @param priors the variable of each block row of priors, -1 for one of another group.
 */
export function patternOf({ dof, column, columns, variable, other }: Group, rows: number, priors: Int32Array): BsrPattern {
  const observations = variable.length;
  const m = observations + priors.length;
  const columnOf = (variables: Int32Array | undefined, i: number): number => {
    const v = variables?.[i] ?? -1;
    return v < 0 ? -1 : column[v];
  };
  const own = (i: number): number => (i < observations ? columnOf(variable, i) : columnOf(priors, i - observations));
  const second = (i: number): number => (i < observations ? columnOf(other, i) : -1);
  const rowPtr = new Int32Array(m + 1);
  for (let i = 0; i < m; i++) rowPtr[i + 1] = rowPtr[i] + (own(i) < 0 ? 0 : 1) + (second(i) < 0 ? 0 : 1);
  const colIdx = new Int32Array(rowPtr[m]);
  for (let i = 0; i < m; i++) {
    if (own(i) >= 0) colIdx[rowPtr[i] + placeOf(own(i), second(i))] = own(i);
    if (second(i) >= 0) colIdx[rowPtr[i] + placeOf(second(i), own(i))] = second(i);
  }
  return { blockRows: m, blockCols: columns, r: rows, c: dof, rowPtr, colIdx };
}

/** Which block of its row a column is, beside another's or none (-1). */
export function placeOf(column: number, other: number): 0 | 1 {
  return other >= 0 && other < column ? 1 : 0;
}
