import { asciiBytes, parseDecimal } from "../io/decimal.ts";
import { Scanner } from "../io/scanner.ts";
import { LineTokens } from "./line-tokens.ts";
import type { Edit, LintFile } from "./lint-file.ts";

/**
 * The file with its edits. What no edit touches is passed on byte for byte, as views of the file; of a changed record, tokens that keep their value
 * keep their bytes. What is added stands before the first measurement: g2o reads none before its vertices.
 */
export function* writeRepaired(file: LintFile): Generator<Uint8Array> {
  const { bytes } = file;
  const addAt = file.added.length === 0 ? Infinity : file.firstMeasurement();
  let at = 0;
  let added = false;
  for (const edit of file.edits()) {
    if (!added && addAt <= edit.start) {
      yield bytes.subarray(at, addAt);
      yield addedRecords(file);
      [at, added] = [addAt, true];
    }
    if (edit.start > at) yield bytes.subarray(at, edit.start);
    yield editedLine(file, edit);
    at = edit.end;
  }
  if (!added && addAt < Infinity) {
    yield bytes.subarray(at, addAt);
    yield addedRecords(file);
    at = addAt;
  }
  if (at < bytes.length) yield bytes.subarray(at);
}

function addedRecords({ added }: LintFile): Uint8Array {
  return asciiBytes(added.map(({ type, id, values }) => `${type.tag} ${id} ${values.join(" ")}\n`).join(""));
}

function editedLine(file: LintFile, edit: Edit): Uint8Array {
  const line = file.bytes.subarray(edit.start, edit.end);
  if (edit.kind === "set aside") return joined([asciiBytes(`# slam lint: ${edit.rule}: `), line]);
  if (edit.kind === "fix") return rewritten(line, edit.ids, "");
  const numbers = [...file.ids(edit.record), ...file.values(edit.record)];
  return rewritten(line, numbers, file.comment(edit.record) ?? "");
}

/** The line with these numbers behind its tag; tokens beyond them, and the comment, go behind a #. */
function rewritten(line: Uint8Array, numbers: readonly number[], comment: string): Uint8Array {
  const scanner = new Scanner(line, "");
  scanner.skipToNextLine();
  scanner.nextToken();
  const parts = [line.subarray(0, scanner.tokenEnd)];
  let at = scanner.tokenEnd;
  for (const number of numbers) {
    const found = scanner.nextToken();
    const keeps = found && Object.is(parseDecimal(line, scanner.tokenStart, scanner.tokenEnd), number);
    if (keeps) parts.push(line.subarray(at, scanner.tokenEnd));
    else parts.push(asciiBytes(` ${numberText(number)}`));
    if (found) at = scanner.tokenEnd;
  }
  if (comment !== "") parts.push(asciiBytes(` # ${comment}`));
  if (new LineTokens(line, scanner).count > 0) parts.push(asciiBytes(" #"));
  parts.push(line.subarray(at));
  return joined(parts);
}

/** The shortest decimal that reads back as the same bits. */
function numberText(x: number): string {
  return Object.is(x, -0) ? "-0" : `${x}`;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
