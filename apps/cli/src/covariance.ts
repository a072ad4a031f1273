import { SlamError } from "@slam/errors";
import {
  isMarginals,
  type Marginals,
  type MarginalsOptions,
  type PoseGraph,
  poseDof,
  type RankDeficiency,
  recoverMarginals,
} from "@slam/pgo";

/** Covariances as a report has them: of each chosen pose, and of each two with each other; or why there are none. */
export interface CovarianceReport {
  readonly convention: string;
  readonly seconds: number;
  /** `matrix` row-major, dof x dof; in `joint` rows are of the first id. Both are empty where it is refused. */
  readonly poses: readonly { readonly id: number; readonly matrix: readonly number[] }[];
  readonly joint: readonly { readonly ids: readonly [number, number]; readonly matrix: readonly number[] }[];
  /** Where the graph leaves something open, which: a row of J'WJ, and the pose that it belongs to. */
  readonly refused?: { readonly message: string; readonly id?: number; readonly row?: number; readonly pivot?: number };
}

const SPATIAL = ["x", "y", "z", "turn about x", "turn about y", "turn about z"] as const;
/** By degrees of freedom. */
const COORDINATES = { 3: ["x", "y", "theta"], 6: SPATIAL, 7: [...SPATIAL, "log of the scale"] } as const;

type Matrices = Pick<CovarianceReport, "poses" | "joint" | "refused">;

/** Of the poses with these indices, in fp64 whatever the policy. */
export function covarianceReport(graph: PoseGraph, chosen: readonly number[], options: MarginalsOptions): CovarianceReport {
  const began = performance.now();
  const matrices = recover(graph, chosen, options);
  return {
    convention: `xi = ${graph.similarity === undefined ? "[t; theta]" : "[v; phi; sigma]"} of X Exp(xi), metres and radians in the pose's own frame, relative to the poses held; fp64`,
    seconds: (performance.now() - began) / 1000,
    ...matrices,
  };
}

/** A factor that does not fit into memory must not cost the result of the solve. */
function recover(graph: PoseGraph, chosen: readonly number[], options: MarginalsOptions): Matrices {
  try {
    const found = recoverMarginals(graph, options);
    return isMarginals(found) ? blocksOf(found, chosen) : { poses: [], joint: [], refused: refusalOf(graph, found) };
  } catch (error) {
    if (error instanceof SlamError) return { poses: [], joint: [], refused: { message: error.message } };
    throw error;
  }
}

function refusalOf(graph: PoseGraph, { row, pivot, kind, id }: RankDeficiency): NonNullable<CovarianceReport["refused"]> {
  const coordinate = COORDINATES[poseDof(graph)][row % poseDof(graph)]!;
  const message = `the measurements do not determine everything: pivot ${pivot} of the diagonal at ${kind} ${id}, ${coordinate} (row ${row} of J'WJ)`;
  return { message, id, row, pivot };
}

function blocksOf(marginals: Marginals, chosen: readonly number[]): Matrices {
  const { dof, graph } = marginals;
  const all = marginals.joint(chosen);
  const width = chosen.length * dof;
  const matrix = (r: number, c: number): number[] =>
    Array.from({ length: dof * dof }, (_, k) => all[(r * dof + Math.floor(k / dof)) * width + c * dof + (k % dof)]!);
  const id = (k: number): number => graph.ids[chosen[k]!]!;
  const places = [...chosen.keys()];
  return {
    poses: places.map((k) => ({ id: id(k), matrix: matrix(k, k) })),
    joint: places.flatMap((r) => places.slice(r + 1).map((c) => ({ ids: [id(r), id(c)] as const, matrix: matrix(r, c) }))),
  };
}

/** For each pose its standard deviations: "x 0.012 m, y 0.034 m, theta 0.0056 rad". */
export function deviationTexts({ poses }: Pick<CovarianceReport, "poses">): { readonly id: number; readonly text: string }[] {
  return poses.map(({ id, matrix }) => {
    const dof = Math.sqrt(matrix.length) as keyof typeof COORDINATES;
    const dimension = dof === 3 ? 2 : 3;
    const text = COORDINATES[dof].map((name, k) => {
      const deviation = Math.sqrt(matrix[k * (dof + 1)]!);
      const unit = k < dimension ? " m" : k < 6 ? " rad" : "";
      return `${name} ${Number(deviation.toPrecision(3))}${unit}`;
    });
    return { id, text: text.join(", ") };
  });
}
