import { accessSync, constants, createWriteStream, existsSync, realpathSync, renameSync, rmSync, statSync } from "node:fs";
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
 * @throws UsageError for one target named twice, or a format that is not written; InputError for a directory or a folder that is missing or closed to us.
 */
export function checkTargets(targets: readonly string[]): void {
  for (const [i, target] of targets.entries()) {
    if (target.endsWith(".bz2")) throw new UsageError(`${target}: bzip2 is read, not written; a name that ends in .gz makes gzip`);
    if (targets.indexOf(target) < i) throw new UsageError(`${target} is named for two results`);
    if (statSync(target, { throwIfNoEntry: false })?.isDirectory()) throw new InputError(`${target}: is a directory, not a file`);
    const place = isSpecial(target) ? target : dirname(target);
    try {
      accessSync(place, constants.W_OK);
    } catch {
      throw new InputError(`${target}: cannot write ${place === target ? "to it" : `in ${place}`}`);
    }
  }
}

/**
 * Writes files, packed with gzip where the name ends in .gz: beside their targets first, then all renamed into place. A failure or Ctrl-C
 * leaves none of them.
 */
export async function writeOutputs(outputs: readonly Output[]): Promise<void> {
  const staged: Staged[] = [];
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
      const file = isSpecial(target) ? target : stage(target, staged);
      await write(file, chunks, target.endsWith(".gz"));
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

interface Staged {
  readonly temporary: string;
  readonly target: string;
}

/** Adds a temporary name beside the target, or beside what the target links to, so that a link keeps pointing where it does. */
function stage(target: string, staged: Staged[]): string {
  const real = existsSync(target) ? realpathSync(target) : target;
  const temporary = join(dirname(real), `.${basename(real)}.${process.pid}.tmp`);
  staged.push({ temporary, target: real });
  return temporary;
}

/** A device or a pipe is written as it is: renaming would put a file in its place. */
function isSpecial(target: string): boolean {
  const found = statSync(target, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile();
}

async function write(file: string, chunks: Iterable<Uint8Array | string>, packed: boolean): Promise<void> {
  const source = Readable.from(chunks);
  const sink = createWriteStream(file);
  await (packed ? pipeline(source, createGzip(), sink) : pipeline(source, sink));
}
