import { afterEach, describe, expect, test, vi } from "vitest";
import { countsOf, runStep } from "../src/step.ts";

describe("countsOf", () => {
  test("reads the last line that counts", () => {
    const output = "1 passed, 0 failed, 0 skipped\nmore\n12 passed, 3 failed, 4 skipped\n";

    expect(countsOf(output, false)).toEqual({ passed: 12, failed: 3, skipped: 4 });
  });

  test("counts a program that counts nothing as one check", () => {
    expect(countsOf("done\n", true)).toEqual({ passed: 1, failed: 0, skipped: 0 });
    expect(countsOf("error\n", false)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  test("counts a failure that the program did not count", () => {
    expect(countsOf("5 passed, 0 failed, 2 skipped\n", false)).toEqual({ passed: 5, failed: 1, skipped: 2 });
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

test("runStep counts what the program prints and how it ends", async () => {
  vi.spyOn(console, "log").mockReturnValue();
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const program = 'console.log("2 passed, 0 failed, 1 skipped"); process.exitCode = 1';

  const counts = await runStep(import.meta.dirname, "node", ["-e", program]);

  expect(counts).toEqual({ passed: 2, failed: 1, skipped: 1 });
  expect(write).toHaveBeenCalledWith("2 passed, 0 failed, 1 skipped\n");
});
