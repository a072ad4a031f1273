import { SlamError } from "@slam/errors";
import { f64x2 } from "./float-lanes.ts";
import { ModuleBuilder } from "./module-builder.ts";
import { type WebAssemblyHost, webAssembly } from "./platform.ts";

/**
 * What this JavaScript engine lets kernels do: run ("full"); nothing, for it has no WebAssembly, or none with SIMD; or nothing, for the
 * page's content security policy forbids compiling.
 */
export type EngineSupport = "full" | "no-webassembly" | "no-simd" | "forbidden";

/**
 * Kernels cannot run here: no WebAssembly, no SIMD in it, or compiling is forbidden.
 * Usual causes: an old browser, `--jitless`, a content security policy without 'wasm-unsafe-eval'.
 * Try: what the message says, or the reference kernels, which are plain JavaScript and slower.
 */
export class EngineError extends SlamError {
  override readonly name: string = "EngineError";
}

const ADVICE = {
  "no-webassembly": "this engine has no WebAssembly: run without --jitless or --disable-wasm, or in Node >= 20 or a current browser",
  "no-simd": "this engine's WebAssembly has no SIMD: use Node >= 20, Chromium >= 91, Firefox >= 89 or Safari >= 16.4",
  forbidden: "compiling WebAssembly is forbidden here: add 'wasm-unsafe-eval' to script-src of the content security policy",
} as const;

let checked: { readonly host: WebAssemblyHost; readonly support: EngineSupport } | undefined;

/** Whether kernels run here, and otherwise why not. Tried once. */
export function engineSupport(): EngineSupport {
  const host = webAssembly();
  if (host === undefined) return "no-webassembly";
  if (checked?.host !== host) checked = { host, support: tryOut(host) };
  return checked.support;
}

function tryOut(host: WebAssemblyHost): EngineSupport {
  const bytes = smallKernel();
  if (!host.validate(bytes)) return "no-simd";
  try {
    new host.Module(bytes);
    return "full";
  } catch {
    return "forbidden";
  }
}

/** @throws EngineError where kernels cannot run here; the message says what to try. */
export function checkEngine(): void {
  const support = engineSupport();
  if (support !== "full") throw new EngineError(ADVICE[support], { support });
}

function smallKernel(): Uint8Array {
  const m = new ModuleBuilder<{ sum(x: number): number }>();
  m.func("sum", { x: "f64" }, "f64", (_, { x }) => f64x2.extract_lane(f64x2.add(f64x2.splat(x), f64x2.splat(x)), 1));
  return m.bytes();
}
