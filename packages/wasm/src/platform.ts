/** A memory of the engine, as far as we use it. */
export interface Memory {
  readonly buffer: ArrayBuffer;
}

export interface Module {
  readonly exports?: never;
}

/** The part of the global `WebAssembly` that is used here; lib es2023 does not know it, and a public d.ts must not name it. */
export interface WebAssemblyHost {
  readonly Memory: new (descriptor: { readonly initial: number; readonly maximum: number }) => Memory;
  readonly Module: new (bytes: Uint8Array) => Module;
  readonly Instance: new (module: Module, imports: { readonly arena: { readonly memory: Memory } }) => { readonly exports: unknown };
  validate(bytes: Uint8Array): boolean;
}

/** The engine's WebAssembly, if it has one. */
export function webAssembly(): WebAssemblyHost | undefined {
  return (globalThis as { readonly WebAssembly?: WebAssemblyHost }).WebAssembly;
}
