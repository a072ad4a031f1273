import {
  type Bundle,
  isMarginals,
  type Marginals,
  type MarginalsOptions,
  type RankDeficiency,
  recoverMarginals,
  type Variable,
} from "@slam/ba";
import { SlamError } from "@slam/errors";

/** A camera or a point whose covariance is wanted. */
export interface Chosen extends Variable {
  readonly kind: "camera" | "point";
  /** What the file calls it. */
  readonly id: number;
}

/** Covariances as a report has them: of each chosen camera and point, and of each two of them with each other; or why there are none. */
export interface BundleCovarianceReport {
  readonly convention: string;
  readonly seconds: number;
  /** `matrix` row-major, 6 x 6 of cameras and 3 x 3 of points. All are empty where it is refused. */
  readonly cameras: readonly { readonly id: number; readonly matrix: readonly number[] }[];
  readonly points: readonly { readonly id: number; readonly matrix: readonly number[] }[];
  /** Rows are of the first, columns of the second: "cam:ID" or "point:ID". */
  readonly joint: readonly { readonly of: readonly [string, string]; readonly matrix: readonly number[] }[];
  /** Where the measurements leave something open, which: a row of J'J, and the variable that it belongs to. */
  readonly refused?: { readonly message: string; readonly of?: string; readonly row?: number; readonly pivot?: number };
}

const COORDINATES = {
  camera: ["x", "y", "z", "turn about x", "turn about y", "turn about z"],
  point: ["x", "y", "z"],
} as const;

type Matrices = Omit<BundleCovarianceReport, "convention" | "seconds">;
const NONE: Matrices = { cameras: [], points: [], joint: [] };

/** What the files call cameras and points. */
export interface BundleNames {
  readonly cameraIds: readonly number[];
  /** Default: they are counted from 0. */
  readonly pointIds?: readonly number[] | undefined;
}

/** In fp64 whatever the policy. */
export function bundleCovarianceReport(
  bundle: Bundle,
  chosen: readonly Chosen[],
  names: BundleNames,
  options: MarginalsOptions,
): BundleCovarianceReport {
  const began = performance.now();
  const matrices = recover(bundle, chosen, names, options);
  return {
    convention:
      "cameras: xi = [t; theta] of X Exp(xi), X worldFromCamera, metres and radians in the camera's own frame; points: metres in the world; relative to what is held, of measurements that are off by 1 pixel; fp64",
    seconds: (performance.now() - began) / 1000,
    ...matrices,
  };
}

/** A factor that does not fit into memory must not cost the result of the solve. */
function recover(bundle: Bundle, chosen: readonly Chosen[], names: BundleNames, options: MarginalsOptions): Matrices {
  try {
    const found = recoverMarginals(bundle, options);
    return isMarginals(found) ? blocksOf(found, chosen) : { ...NONE, refused: refusalOf(bundle, found, names, options) };
  } catch (error) {
    if (error instanceof SlamError) return { ...NONE, refused: { message: error.message } };
    throw error;
  }
}

function refusalOf(
  { model }: Bundle,
  { kind, index, coordinate, row, pivot }: RankDeficiency,
  { cameraIds, pointIds }: BundleNames,
  { held }: MarginalsOptions,
): NonNullable<BundleCovarianceReport["refused"]> {
  const id = kind === "camera" ? cameraIds[index]! : kind === "point" ? (pointIds?.[index] ?? index) : index;
  const name = kind === "intrinsics" ? model.intrinsics[coordinate] : COORDINATES[kind][coordinate];
  const gauge =
    [...(held?.cameras ?? [])].length < 2
      ? "; to hold the gauge, --fix a camera, and where no measurement has a depth another one for the size"
      : "";
  const message = `the measurements do not determine everything: pivot ${pivot} of the diagonal at ${kind} ${id}, ${name} (row ${row} of J'J)${gauge}`;
  return { message, of: `${kind === "camera" ? "cam" : kind}:${id}`, row, pivot };
}

function blocksOf(marginals: Marginals, chosen: readonly Chosen[]): Matrices {
  const all = marginals.joint(chosen);
  const sizes = chosen.map(({ kind }) => marginals.dof(kind));
  const starts = sizes.map((_, k) => sizes.slice(0, k).reduce((sum, size) => sum + size, 0));
  const width = sizes.reduce((sum, size) => sum + size, 0);
  const matrix = (r: number, c: number): number[] =>
    Array.from({ length: sizes[r]! * sizes[c]! }, (_, k) => {
      const [row, column] = [Math.floor(k / sizes[c]!), k % sizes[c]!];
      return all[(starts[r]! + row) * width + starts[c]! + column]!;
    });
  const own = (wanted: Chosen["kind"]): Matrices["cameras"] =>
    chosen.flatMap(({ kind, id }, k) => (kind === wanted ? [{ id, matrix: matrix(k, k) }] : []));
  const name = ({ kind, id }: Chosen): string => `${kind === "camera" ? "cam" : kind}:${id}`;
  return {
    cameras: own("camera"),
    points: own("point"),
    joint: chosen.flatMap((first, r) =>
      chosen.slice(r + 1).map((second, k) => ({ of: [name(first), name(second)] as const, matrix: matrix(r, r + 1 + k) })),
    ),
  };
}

/** For each camera and point its standard deviations: "point 7", "x 0.012 m, y 0.034 m, z 0.056 m". */
export function bundleDeviationTexts({
  cameras,
  points,
}: Pick<BundleCovarianceReport, "cameras" | "points">): { readonly name: string; readonly text: string }[] {
  const texts = (kind: Chosen["kind"], found: Matrices["cameras"]): { readonly name: string; readonly text: string }[] =>
    found.map(({ id, matrix }) => ({
      name: `${kind} ${id}`,
      text: COORDINATES[kind]
        .map((name, k) => {
          const deviation = Math.sqrt(matrix[k * (COORDINATES[kind].length + 1)]!);
          return `${name} ${Number(deviation.toPrecision(3))} ${k < 3 ? "m" : "rad"}`;
        })
        .join(", "),
    }));
  return [...texts("camera", cameras), ...texts("point", points)];
}
