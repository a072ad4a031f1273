import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { NativeKernels } from "@slam/contests";
import type { BsrPattern } from "@slam/sparse";
import { buildNative } from "./native.ts";

const here = join(import.meta.dirname, "..");

/** The kernels in C, in a process that runs what it is told to. */
export class CKernels implements NativeKernels {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #folder: string = mkdtempSync(join(tmpdir(), "slam-bench-"));
  readonly #files: Map<object, string> = new Map();

  constructor(program: string) {
    this.#child = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
    const { stdout } = this.#child;
    if (stdout === null) throw new Error("bug: no pipe");
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  /** Patterns go through a file. */
  async prepare(what: string, argument: number | BsrPattern): Promise<void> {
    const text = typeof argument === "number" ? String(argument) : this.#fileOf(argument);
    await this.#ask(`${what} ${text}`);
  }

  async seconds(kernel: string, format: string, repeats: number): Promise<number> {
    return (await this.#answer(kernel, format, repeats))[0];
  }

  async sum(kernel: string, format: string): Promise<number> {
    return (await this.#answer(kernel, format, 1))[1];
  }

  async clear(): Promise<void> {
    await this.#ask("clear");
    this.#files.clear();
  }

  async close(): Promise<void> {
    this.#child.stdin?.end();
    await once(this.#child, "close");
    rmSync(this.#folder, { recursive: true });
  }

  async #answer(kernel: string, format: string, repeats: number): Promise<readonly number[]> {
    return (await this.#ask(`time ${kernel} ${format} ${repeats}`)).split(" ").map(Number);
  }

  async #ask(line: string): Promise<string> {
    this.#child.stdin?.write(`${line}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`bug: the C kernels ended at "${line}"`);
    return value;
  }

  #fileOf(pattern: BsrPattern): string {
    let file = this.#files.get(pattern);
    if (file === undefined) {
      file = join(this.#folder, String(this.#files.size));
      const { r, c, blockRows, blockCols, rowPtr, colIdx } = pattern;
      writeFileSync(
        file,
        Buffer.concat(
          [Int32Array.of(r, c, blockRows, blockCols), rowPtr, colIdx].map((part) =>
            Buffer.from(part.buffer, part.byteOffset, part.byteLength),
          ),
        ),
      );
      this.#files.set(pattern, file);
    }
    return file;
  }
}

/** The kernels, or why there are none. */
export function startCKernels(): CKernels | string {
  const source = join(here, "native/kernels.c");
  const native = buildNative(source, join(here, ".cache"), "kernels", ["gcc", "-O3", "-march=native", "-ffast-math", source, "-lm", "-o"]);
  return "path" in native ? new CKernels(native.path) : native.missing;
}
