import { MAX_UNKNOWN_TAGS } from "../io/read-graph.ts";
import { MAX_LINE_BYTES, quote, Scanner } from "../io/scanner.ts";
import type { Findings } from "./findings.ts";
import { LineTokens } from "./line-tokens.ts";
import { type LineSpan, LintFile } from "./lint-file.ts";
import type { LintType } from "./lint-type.ts";
import { readRecord } from "./read-record.ts";

/** Reads the lines of `types` and FIX as the strict reader does, but reports and mends or sets aside what that one stops at. */
export function readRecords(bytes: Uint8Array, types: readonly LintType[], findings: Findings): { file: LintFile; lines: number } {
  const file = new LintFile(bytes);
  const scanner = new Scanner(bytes, "");
  const byTag = new Map(types.map((type) => [type.tag, type]));
  const unknown = new Map<string, { count: number; readonly line: number }>();
  while (scanner.skipToNextLine()) {
    const span: LineSpan = { line: scanner.line, start: scanner.lineStart, end: scanner.lineEnd };
    if (span.end - span.start > MAX_LINE_BYTES) {
      findings.report("line-too-long", span.line, `the line has ${span.end - span.start} bytes`);
      continue;
    }
    if (!scanner.nextToken()) continue;
    const tag = scanner.findTag();
    const type = tag === undefined ? undefined : byTag.get(tag);
    if (tag === undefined) {
      findings.report("malformed-line", span.line, `${quote(bytes, scanner.tokenStart, scanner.tokenEnd)} is no tag`);
      file.setLineAside(span, "malformed-line");
    } else if (type !== undefined) readRecord(file, findings, type, span, new LineTokens(bytes, scanner));
    else if (tag === "FIX") readFix(file, findings, span, new LineTokens(bytes, scanner));
    else countUnknown(findings, unknown, tag, span.line);
  }
  for (const [tag, { count, line }] of unknown) {
    const lines = count === 1 ? "1 line" : `${count} lines, this the first`;
    findings.report("unknown-tag", line, `${tag} is not known: ${lines}`);
  }
  return { file, lines: scanner.line };
}

function countUnknown(findings: Findings, unknown: Map<string, { count: number; readonly line: number }>, tag: string, line: number): void {
  const known = unknown.get(tag);
  if (known !== undefined) known.count++;
  else if (unknown.size < MAX_UNKNOWN_TAGS) unknown.set(tag, { count: 1, line });
  else if (findings.count("too-many-tags") === 0) {
    findings.report("too-many-tags", line, `${tag} comes after ${MAX_UNKNOWN_TAGS} other tags that are not known`);
  }
}

function readFix(file: LintFile, findings: Findings, span: LineSpan, tokens: LineTokens): void {
  const ids = tokens.numbers();
  if (tokens.count > 0 && tokens.count === ids.length && ids.every(Number.isSafeInteger)) {
    file.fixes.push({ ...span, ids: ids.map((id) => id + 0) });
    return;
  }
  findings.report("malformed-line", span.line, "FIX takes ids, integers below 2^53");
  file.setLineAside(span, "malformed-line");
}
