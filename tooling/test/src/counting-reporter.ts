import type { Reporter, SerializedError, TestModule } from "vitest/node";

/** Names every skipped test and ends with the line "N passed, N failed, N skipped". */
export class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
    // A file that does not load has no tests, yet it failed.
    const unloaded = modules.filter((module) => module.errors().length > 0).length;
    for (const test of tests) {
      if (test.result().state === "skipped") console.log(`skipped: ${test.module.relativeModuleId} > ${test.fullName}`);
    }
    console.log(`${count("passed")} passed, ${count("failed") + unloaded + unhandledErrors.length} failed, ${count("skipped")} skipped`);
  }
}
