export { type Contestant, compete, type Timing, timed } from "./contest.ts";
export { engineSpace } from "./engine-space.ts";
export { inNative, type NativeKernels, type Rig } from "./native-kernels.ts";
export { products } from "./products.ts";
export { competeInSolves, type Entrant, type SolveRun, type SolveTimes } from "./solve-contest.ts";
export { median, pairedRatio } from "./statistics.ts";
export { triadKernel } from "./triad.kernel.ts";
export { triad } from "./triad.ts";
export { triangularSolves } from "./triangular-solves.ts";
