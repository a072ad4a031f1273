export { type CgnrOptions, type CgnrWorkspace, cgnr, cgnrWorkspace } from "./cgnr.ts";
export type { ExactSystem } from "./exact-system.ts";
