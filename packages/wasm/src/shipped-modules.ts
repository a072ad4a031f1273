import { type KernelParameter, moduleName } from "./module-names.ts";

const shipped = new Map<string, Uint8Array>();
let recording: Map<string, Uint8Array> | undefined;

/**
 * Modules that `kernels` takes from now on instead of emitting them: what `recordModules` gave, in the same version of all packages. Nothing checks that
 * they are what the sources would write; whoever ships them tests it. A program whose first solve must not wait for the emitter ships them, all others do without.
 */
export function shipModules(modules: ReadonlyMap<string, Uint8Array>): void {
  for (const [name, bytes] of modules) shipped.set(name, bytes);
}

/** The modules with names that `kernels` is asked for while something runs, each emitted anew, by their names. */
export function recordModules(run: () => void): ReadonlyMap<string, Uint8Array> {
  const outer = recording;
  const own = new Map<string, Uint8Array>();
  recording = own;
  try {
    run();
  } finally {
    recording = outer;
  }
  return own;
}

/** The module's bytes as shipped, or else as `emit` writes them. */
export function shippedOr(emit: () => Uint8Array, source: object, parameters: readonly KernelParameter[]): Uint8Array {
  const name = shipped.size > 0 ? moduleName(source, parameters) : undefined;
  return (name === undefined ? undefined : shipped.get(name)) ?? emit();
}

/** While modules are recorded: emits this one, unless it has been or has no name. */
export function record(emit: () => Uint8Array, source: object, parameters: readonly KernelParameter[]): void {
  if (recording === undefined) return;
  const name = moduleName(source, parameters);
  if (name !== undefined && !recording.has(name)) recording.set(name, emit());
}
