export { type CgnrOptions, type CgnrWorkspace, cgnr, cgnrWorkspace } from "./cgnr.ts";
export type { ExactSystem, ExactWorkspace } from "./exact-system.ts";
