import type { ModuleBuilder } from "@slam/wasm";
import { type TreeKernels, treeKernels } from "./etree.kernel.ts";
import { type MinimumDegreeKernels, minimumDegreeKernels } from "./minimum-degree.kernel.ts";
import { type SmallDegreesKernels, smallDegreesKernels } from "./small-degrees.kernel.ts";
import { type SymmetricGraphKernels, symmetricGraphKernels } from "./symmetric-graph.kernel.ts";

export type AmdKernels = SymmetricGraphKernels & SmallDegreesKernels & MinimumDegreeKernels & TreeKernels;

/** All that an ordering takes, in one module: an instance of each would cost as much as one of their loops. */
export function amdKernel(m: ModuleBuilder<AmdKernels>): void {
  symmetricGraphKernels(m);
  smallDegreesKernels(m);
  minimumDegreeKernels(m);
  treeKernels(m);
}
