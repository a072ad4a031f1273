import { type AnyPrecision, fp16, fp32, operationFormat } from "@slam/float";
import { vectorSpace, Work } from "@slam/linop";
import { afterEach, expect, test, vi } from "vitest";
import { type CholeskyFactor, factorize } from "../src/factorize.ts";
import { analyzeCholesky } from "../src/symbolic.ts";
import { triangularPreconditioner } from "../src/triangular.ts";
import { triangularWorkspace } from "../src/triangular-workspace.ts";
import { choleskyWorkspace } from "../src/workspace.ts";
import { gridMatrix } from "./block-matrix.ts";

interface Host {
  WebAssembly: { Memory: new (descriptor: object) => object; Instance: new (...rest: object[]) => object };
}

afterEach(() => {
  vi.restoreAllMocks();
});

test.each([fp32, fp16] as AnyPrecision[])("a factorisation in used workspaces, stored in $name, makes no memory and no instance", (P) => {
  const A = gridMatrix(fp32 as AnyPrecision, 5);
  const symbolic = analyzeCholesky(A.pattern);
  const format = operationFormat(P);
  const space = vectorSpace(operationFormat(fp32 as AnyPrecision), { events: { overflows: 0, flushed: 0 }, work: new Work() });
  const workspace = choleskyWorkspace(symbolic, fp32);
  const memory = triangularWorkspace(symbolic, format);
  const r = space.zeros(symbolic.n * symbolic.b);
  const solve = (): void => {
    const factor = factorize(symbolic, A, { workspace }) as CholeskyFactor<AnyPrecision>;
    triangularPreconditioner(factor, format, space, undefined, memory).apply(r, r);
  };
  solve();
  const host = (globalThis as unknown as Host).WebAssembly;
  const made = [vi.spyOn(host, "Memory"), vi.spyOn(host, "Instance")];

  solve();

  for (const spy of made) expect(spy).not.toHaveBeenCalled();
});
