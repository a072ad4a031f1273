// Loaded before a program, in each of its threads: for each module that it compiles, one letter in the file that SLAM_MODULES names; s of what is shipped, e of what it has emitted.
import { appendFileSync, statSync } from "node:fs";
import { join } from "node:path";

interface Host {
  validate(bytes: Uint8Array): boolean;
  Module: new (bytes: Uint8Array) => object;
}

const host = (globalThis as unknown as { readonly WebAssembly: Host }).WebAssembly;
const { validate, Module } = host;
const { size } = statSync(join(import.meta.dirname, "../dist/kernels.bin"));
/** What is validated before is a question to the engine, whose answer is thrown away. */
const questions = new WeakSet<Uint8Array>();

host.validate = (bytes) => {
  questions.add(bytes);
  return validate(bytes);
};
host.Module = new Proxy(Module, {
  construct(target, [bytes]: [Uint8Array]) {
    // What is shipped is part of the file that it was read from; what is emitted has memory of its own.
    if (!questions.has(bytes)) appendFileSync(process.env.SLAM_MODULES!, bytes.buffer.byteLength >= size ? "s" : "e");
    return new target(bytes);
  },
});
