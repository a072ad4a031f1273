import { ParseError } from "@slam/errors";
import { describe, expect, test } from "vitest";
import { Scanner } from "../../src/io/scanner.ts";
import { ascii } from "./ascii.ts";

/** All tokens that are tags, a list for each line. */
function tags(text: string): string[][] {
  const scanner = new Scanner(ascii(text), "f");
  const lines: string[][] = [];
  while (scanner.nextLine()) {
    const line: string[] = [];
    while (scanner.nextToken()) line.push(scanner.tag());
    lines.push(line);
  }
  return lines;
}

describe("Scanner", () => {
  test("separates tokens by spaces, tabs and carriage returns", () => {
    expect(tags("a  b\tc\r\n\r\n d \t\r\n")).toEqual([["a", "b", "c"], [], ["d"]]);
  });

  test("needs no line feed after the last line", () => {
    expect(tags("a\nb")).toEqual([["a"], ["b"]]);
    expect(tags("")).toEqual([]);
  });

  test("skips from a token that begins with # to the end of the line, and a byte order mark", () => {
    expect(tags("\xef\xbb\xbfa#b # c\n#d e\n # f\ng")).toEqual([["a#b"], [], [], ["g"]]);
  });

  test("stays without a token once the line has no more", () => {
    const scanner = new Scanner(ascii("a  # b\nc"), "f");
    scanner.nextLine();
    scanner.nextToken();

    expect([scanner.nextToken(), scanner.nextToken()]).toEqual([false, false]);
    expect(() => scanner.fail("x")).toThrow("f:1:2: expected x, found the end of the line");
  });

  test("finds line and column of a byte offset", () => {
    const scanner = new Scanner(ascii("\xef\xbb\xbfab\n\n cd"), "f");

    expect([3, 4, 8].map((offset) => scanner.placeOf(offset))).toEqual([
      { file: "f", line: 1, column: 1 },
      { file: "f", line: 1, column: 2 },
      { file: "f", line: 3, column: 2 },
    ]);
  });

  test("takes -0 for the id 0", () => {
    const scanner = new Scanner(ascii("-0"), "f");
    scanner.nextLine();
    scanner.nextToken();

    expect(scanner.id("id", "T")).toBe(0);
  });

  test("shows a long or unprintable token clipped and escaped", () => {
    const scanner = new Scanner(ascii(`\x00\xff${"z".repeat(1000)}`), "f");
    scanner.nextLine();
    scanner.nextToken();

    expect(() => scanner.tag()).toThrow(`f:1:1: expected a tag such as VERTEX_SE2 or EDGE3, found "\\x00\\xffzzz`);
    expect(message(() => scanner.tag()).length).toBeLessThan(190);
  });

  test("refuses a line of 100 MB with one short message", () => {
    const scanner = new Scanner(new Uint8Array(1e8).fill(65), "big.g2o");

    const text = message(() => scanner.nextLine());

    expect(text).toBe('big.g2o:1: expected a line of at most 1048576 bytes, found 100000000 that begin "AAAAAAAAAAAAAAAA"');
  });

  test("reads a line of just 1 MiB", () => {
    expect(tags(`${" ".repeat(2 ** 20 - 1)}a\nb`)).toEqual([["a"], ["b"]]);
    expect(() => tags(`x\n${" ".repeat(2 ** 20)}a\nb`)).toThrow("f:2: expected a line of at most 1048576 bytes");
  });
});

function message(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ParseError) return error.message;
    throw error;
  }
  throw new Error("nothing was thrown");
}
