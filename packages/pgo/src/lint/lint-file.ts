import type { RecordType } from "../io/record.ts";
import type { LintType } from "./lint-type.ts";
import type { RuleName } from "./rules.ts";

/** The bytes of a line, its line feed not among them. */
export interface LineSpan {
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

/** What becomes of a line when the file is written. */
export type Edit = LineSpan &
  (
    | { readonly kind: "set aside"; readonly rule: RuleName }
    | { readonly kind: "record"; readonly record: number }
    | { readonly kind: "fix"; readonly ids: readonly number[] }
  );

export interface FixLine extends LineSpan {
  readonly ids: readonly number[];
}

/** A vertex or a sensor that the repair adds. */
export interface AddedRecord {
  readonly type: RecordType;
  readonly id: number;
  readonly values: Float64Array;
}

/**
 * The records of a file as they are after the repairs so far, numbered in file order, and the edits that bring the file there. A record that is
 * set aside is kept in the file as a comment and is none any more.
 */
export class LintFile {
  readonly bytes: Uint8Array;
  readonly fixes: FixLine[] = [];
  readonly added: AddedRecord[] = [];
  readonly #types: LintType[] = [];
  readonly #spans: number[] = [];
  readonly #ids: number[] = [];
  /** Where the ids of each record end. */
  readonly #idEnds: number[] = [];
  readonly #begins: number[] = [];
  readonly #values: number[] = [];
  readonly #comments = new Map<number, string>();
  readonly #edits = new Map<number, Edit>();

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** @param ids as on the line. @returns the record's number. */
  add(type: LintType, { line, start, end }: LineSpan, ids: readonly number[], values: Float64Array): number {
    this.#types.push(type);
    this.#spans.push(line, start, end);
    this.#ids.push(...ids);
    this.#idEnds.push(this.#ids.length);
    this.#begins.push(this.#values.length);
    for (let i = 0; i < type.fields.length; i++) this.#values.push(values[i]);
    return this.#types.length - 1;
  }

  /** The numbers of the records that are left, in file order. */
  *records(...kinds: readonly LintType["kind"][]): Generator<number> {
    for (let k = 0; k < this.#types.length; k++) {
      if ((kinds.length === 0 || kinds.includes(this.#types[k].kind)) && !this.#isAside(k)) yield k;
    }
  }

  /** The byte at which the line of the first edge or factor that is left begins. */
  firstMeasurement(): number {
    for (const k of this.records("edge", "factor")) return this.#span(k).start;
    return this.bytes.length;
  }

  type(k: number): LintType {
    return this.#types[k];
  }

  line(k: number): number {
    return this.#spans[3 * k];
  }

  /** Those on its line: of a vertex, landmark or sensor its own, of an edge its first and second pose, of a factor its variables, then its sensor. */
  ids(k: number): readonly number[] {
    return this.#ids.slice(k === 0 ? 0 : this.#idEnds[k - 1], this.#idEnds[k]);
  }

  /** The ids of the poses and landmarks of the record; none of a sensor. */
  variables(k: number): readonly number[] {
    const type = this.#types[k];
    if (type.kind === "sensor") return [];
    return type.kind === "factor" ? this.ids(k).slice(0, type.factor.variables.length) : this.ids(k);
  }

  /** What messages call it. */
  name(k: number): string {
    const { kind, tag } = this.#types[k];
    return kind === "edge" ? this.ids(k).join(" -> ") : [tag, ...this.ids(k)].join(" ");
  }

  /** A copy of the fields, in the file's coordinates. */
  values(k: number): Float64Array {
    const begin = this.#begins[k];
    const values = new Float64Array(this.#types[k].fields.length);
    for (let i = 0; i < values.length; i++) values[i] = this.#values[begin + i];
    return values;
  }

  /** Field i of record k. */
  value(k: number, i: number): number {
    return this.#values[this.#begins[k] + i];
  }

  /** Gives the record other values, of which it takes a copy. @param comment is put behind them. */
  change(k: number, values: Float64Array, comment?: string): void {
    for (let i = 0; i < values.length; i++) this.#values[this.#begins[k] + i] = values[i];
    if (comment !== undefined) this.#comments.set(k, comment);
    const span = this.#span(k);
    this.#edits.set(span.start, { ...span, kind: "record", record: k });
  }

  /** What `change` put behind the record's values. */
  comment(k: number): string | undefined {
    return this.#comments.get(k);
  }

  setAside(k: number, rule: RuleName): void {
    this.setLineAside(this.#span(k), rule);
  }

  setLineAside({ line, start, end }: LineSpan, rule: RuleName): void {
    this.#edits.set(start, { line, start, end, kind: "set aside", rule });
  }

  changeFix({ line, start, end }: FixLine, ids: readonly number[]): void {
    this.#edits.set(start, { line, start, end, kind: "fix", ids });
  }

  /** By line. */
  edits(): Edit[] {
    return [...this.#edits.values()].sort((a, b) => a.start - b.start);
  }

  #span(k: number): LineSpan {
    return { line: this.#spans[3 * k], start: this.#spans[3 * k + 1], end: this.#spans[3 * k + 2] };
  }

  #isAside(k: number): boolean {
    return this.#edits.get(this.#spans[3 * k + 1])?.kind === "set aside";
  }
}
