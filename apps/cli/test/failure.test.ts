import { readFileSync, rmSync } from "node:fs";
import { ParseError } from "@slam/errors";
import { expect, onTestFinished, test, vi } from "vitest";
import { explain, InputError, UsageError } from "../src/failure.ts";

/** What `explain` prints and returns. */
function explained(error: unknown): { code: number; text: string } {
  const print = vi.spyOn(console, "error").mockImplementation(() => {});
  onTestFinished(() => print.mockRestore());
  const code = explain(error, ["pgo", "a.g2o"]);
  return { code, text: print.mock.calls.join("\n") };
}

test.each([
  [new UsageError("what is that?"), 2, "slam: what is that?"],
  [new InputError("a.g2o: no such file"), 3, "slam: a.g2o: no such file"],
  [
    Object.assign(new Error("ENAMETOOLONG: name too long, stat 'a'"), { syscall: "stat" }),
    3,
    "slam: ENAMETOOLONG: name too long, stat 'a'",
  ],
  [new ParseError({ file: "a.g2o", line: 3 }, { expected: "a number", actual: "nan" }), 3, "slam: a.g2o:3: expected a number, found nan"],
])("%s is the user's to mend", (error, code, text) => {
  expect(explained(error)).toEqual({ code, text });
});

test("anything else is a bug of ours: exit 1, with a report in a file that the message names", () => {
  const { code, text } = explained(new Error("bug: no such state"));

  const file = /with the file (.+)$/m.exec(text)![1]!;
  onTestFinished(() => rmSync(file));
  expect(code).toBe(1);
  expect(text).toContain("bug: no such state");
  expect(readFileSync(file, "utf8")).toMatch(/^slam 0\.1\.0, Node v\d+.*\nslam pgo a\.g2o\n\nError: bug: no such state\n {4}at /);
});
