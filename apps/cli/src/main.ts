#!/usr/bin/env node
import { run } from "./cli.ts";
import { explain } from "./failure.ts";

const argv = process.argv.slice(2);

// A reader such as `head` that has seen enough is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

try {
  process.exitCode = await run(argv);
} catch (error) {
  process.exitCode = explain(error, argv);
}
