import { accessSync, constants, createWriteStream, realpathSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { EXIT, InputError, UsageError } from "./failure.ts";

export interface Output {
  readonly target: string;
  readonly chunks: Iterable<Uint8Array | string>;
}

/**
 * Checks before the work begins that results can be written where they are wanted.
 *
 * @throws UsageError for one target named twice; InputError for a directory or a folder that is missing or closed to us.
 */
export function checkTargets(targets: readonly string[]): void {
  for (const [i, target] of targets.entries()) {
    if (targets.indexOf(target) < i) throw new UsageError(`${target} is named for two results`);
    if (statSync(target, { throwIfNoEntry: false })?.isDirectory()) throw new InputError(`${target}: is a directory, not a file`);
    const folder = dirname(target);
    try {
      accessSync(folder, constants.W_OK | constants.X_OK);
    } catch {
      throw new InputError(`${target}: cannot write in ${folder}`);
    }
  }
}

/**
 * Writes files, packed with gzip where the name ends in .gz: beside their targets first, then all renamed into place. A failure or Ctrl-C
 * leaves none of them.
 */
export async function writeOutputs(outputs: readonly Output[]): Promise<void> {
  const staged: { readonly temporary: string; readonly target: string }[] = [];
  const discard = (): void => {
    for (const { temporary } of staged) rmSync(temporary, { force: true });
  };
  const interrupt = (): void => {
    discard();
    process.exit(EXIT.interrupted);
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  try {
    for (const { target, chunks } of outputs) {
      const existing = statSync(target, { throwIfNoEntry: false });
      // A device or a pipe is written as it is: renaming would put a file in its place. A link keeps pointing where it does.
      const isSpecial = existing !== undefined && !existing.isFile();
      const real = existing?.isFile() ? realpathSync(target) : target;
      const temporary = isSpecial ? target : join(dirname(real), `.${basename(real)}.${process.pid}.tmp`);
      if (!isSpecial) staged.push({ temporary, target: real });
      await write(temporary, chunks, target.endsWith(".gz"));
    }
    for (const { temporary, target } of staged) renameSync(temporary, target);
  } catch (error) {
    discard();
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new InputError((error as Error).message);
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

async function write(file: string, chunks: Iterable<Uint8Array | string>, packed: boolean): Promise<void> {
  const source = Readable.from(chunks);
  const sink = createWriteStream(file);
  await (packed ? pipeline(source, createGzip(), sink) : pipeline(source, sink));
}
