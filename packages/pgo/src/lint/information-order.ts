import type { Findings } from "./findings.ts";
import { informationLayout, isSound } from "./information.ts";
import type { LintFile } from "./lint-file.ts";

/** Places of the fields of a 3 x 3 upper triangle in its rows: g2o's order xx xy xt yy yt tt, and TORO's xx xy yy tt xt yt. */
const ORDERS = { g2o: [0, 1, 2, 3, 4, 5], TORO: [0, 1, 3, 5, 2, 4] } as const;

/**
 * Information in TORO's order under a g2o tag, or the reverse. Reported for all edges of a tag, and only if more than half of their matrices are
 * indefinite as written while each one is semidefinite in the other order: a writer has one order, and a diagonal matrix is indefinite in the wrong one.
 */
export function lintInformationOrder(file: LintFile, findings: Findings, indefinite: readonly number[]): void {
  for (const type of new Set(indefinite.map((k) => file.type(k)))) {
    const ofType = (k: number): boolean => file.type(k) === type;
    const { begin, dof, places } = informationLayout(type);
    if (dof !== 3) continue;
    const isToro = places[2] === ORDERS.TORO[2];
    const [own, other] = isToro ? [ORDERS.TORO, ORDERS.g2o] : [ORDERS.g2o, ORDERS.TORO];
    const reordered = (k: number): Float64Array => {
      const values = file.values(k);
      const written = values.slice(begin);
      own.forEach((place, i) => {
        values[begin + i] = written[other.indexOf(place)];
      });
      return values;
    };
    const records = [...file.records("edge")].filter(ofType);
    if (2 * indefinite.filter(ofType).length <= records.length || !records.every((k) => isSound(type, reordered(k)))) continue;
    const message = `information of ${type.tag} is indefinite, and that of all ${records.length} such lines is not in ${isToro ? "g2o" : "TORO"}'s order`;
    for (const k of records) {
      findings.report("information-order", file.line(k), message);
      file.change(k, reordered(k));
    }
  }
}
