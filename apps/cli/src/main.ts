#!/usr/bin/env node
import { run } from "./cli.ts";
import { explain } from "./failure.ts";

const argv = process.argv.slice(2);

// A reader such as `head` that has seen enough is no error: results go to their files, and the exit code says how it ended.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") process.exit(explain(error, argv));
});
// Nobody is left to be told.
process.stderr.on("error", () => {});

try {
  process.exitCode = await run(argv);
} catch (error) {
  process.exitCode = explain(error, argv);
}
