import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SlamError } from "@slam/errors";
import { CommanderError } from "commander";
import { VERSION } from "./version.ts";

export const EXIT = { converged: 0, bug: 1, usage: 2, input: 3, notConverged: 4, interrupted: 130 } as const;

/** The command line asks for something that does not exist or makes no sense. */
export class UsageError extends Error {}

/** A file cannot be read, understood or written. */
export class InputError extends Error {}

/**
 * Says on stderr what went wrong: one line, or for a bug of ours also where the report of it lies.
 *
 * @returns the exit code.
 */
export function explain(error: unknown, argv: readonly string[]): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.converged : EXIT.usage;
  if (error instanceof UsageError) {
    console.error(`slam: ${error.message}`);
    return EXIT.usage;
  }
  if (error instanceof InputError || error instanceof SlamError || isOfSystem(error)) {
    console.error(`slam: ${error.message}`);
    return EXIT.input;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const file = join(tmpdir(), `slam-bug-${process.pid}.txt`);
  writeFileSync(
    file,
    `slam ${VERSION}, Node ${process.version}, ${process.platform} ${process.arch}\nslam ${argv.join(" ")}\n\n${stack}\n`,
  );
  console.error(`slam: this is a bug of ours: ${stack.split("\n", 1)[0]}\nslam: please report it with the file ${file}`);
  return EXIT.bug;
}

/** Whether the system refuses a file or a stream: no space, no permission, a name too long. */
export function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && (error as NodeJS.ErrnoException).syscall !== undefined;
}
