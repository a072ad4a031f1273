import { FACTOR_TAGS, factorOf } from "../factors/built-in.ts";
import { G2O_RECORDS, LANDMARKS_AND_SENSORS } from "../io/g2o.ts";
import type { ReadGraph } from "../io/read-graph.ts";
import { TORO_RECORDS } from "../io/toro.ts";
import { lintComponents } from "./component-rules.ts";
import { lintRepeatedEdges, lintSelfEdges } from "./edge-rules.ts";
import { lintFactors, lintLandmarksAsPoses } from "./factor-rules.ts";
import { type Finding, Findings, type RuleCount } from "./findings.ts";
import { lintIndefinite, lintInformationRange } from "./information-rules.ts";
import { factorType, type LintType } from "./lint-type.ts";
import { lintQuaternions } from "./quaternion-rules.ts";
import { readRecords } from "./read-records.ts";
import { lintDegrees, lintTranslations } from "./scale-rules.ts";
import { lintDimensions, lintDuplicateVertices, lintFixes, lintMissingVertices } from "./vertex-rules.ts";
import { writeRepaired } from "./write-repaired.ts";

/** What lint found in a file. */
export interface LintReport {
  readonly format: ReadGraph["format"];
  readonly lines: number;
  /** Records that can be read, after the repairs. */
  readonly vertices: number;
  readonly edges: number;
  /** Vertices of landmarks. */
  readonly landmarks: number;
  /** Priors and measurements of landmarks. */
  readonly factors: number;
  /** How often each rule found something; errors first. */
  readonly counts: readonly RuleCount[];
  /** By line; of each rule the first 10000. */
  readonly findings: readonly Finding[];
  /** The file repaired, in chunks; lines that no repair touches are passed on byte for byte, as views of the file. */
  repaired(): Generator<Uint8Array>;
}

/**
 * Finds what stops or misleads solvers in a g2o file, line by line, and what can be repaired. `readG2o` reads the repaired file, and solvers take its
 * information, unless lint found a "line-too-long", "too-many-tags" or "no-records".
 *
 * @param bytes the whole file, anything at all; not changed, and to be left so until `repaired` has been read.
 */
export function lintG2o(bytes: Uint8Array): LintReport {
  return lint(bytes, "g2o", [...G2O_RECORDS, ...LANDMARKS_AND_SENSORS, ...FACTOR_TAGS.map((tag) => factorType(factorOf(tag)))]);
}

/** As `lintG2o`, of a TORO file. */
export function lintToro(bytes: Uint8Array): LintReport {
  return lint(bytes, "toro", TORO_RECORDS);
}

/** Each rule sees what the repairs of those before it have left. */
function lint(bytes: Uint8Array, format: ReadGraph["format"], types: readonly LintType[]): LintReport {
  const findings = new Findings();
  const { file, lines } = readRecords(bytes, types, findings);
  lintDimensions(file, findings);
  lintDuplicateVertices(file, findings);
  lintSelfEdges(file, findings);
  lintQuaternions(file, findings);
  lintIndefinite(file, findings);
  lintInformationRange(file, findings);
  lintLandmarksAsPoses(file, findings);
  lintMissingVertices(file, findings);
  lintFactors(file, findings);
  lintFixes(file, findings);
  lintRepeatedEdges(file, findings);
  lintComponents(file, findings);
  lintTranslations(file, findings);
  lintDegrees(file, findings);
  const count = (kind: LintType["kind"]): number =>
    [...file.records(kind)].length + file.added.filter(({ type }) => type.kind === kind).length;
  const [vertices, edges, landmarks, factors] = (["vertex", "edge", "landmark", "factor"] as const).map(count);
  if (vertices + edges === 0) findings.report("no-records", 1, `the file has no line with ${types.map(({ tag }) => tag).join(", ")}`);
  const found = { counts: findings.counts(), findings: findings.all() };
  return { format, lines, vertices, edges, landmarks, factors, ...found, repaired: () => writeRepaired(file) };
}
