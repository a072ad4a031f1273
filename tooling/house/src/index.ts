export { importFaults } from "./imports.ts";
export { exportFaults, referenceFaults } from "./manifests.ts";
export { skeletonFaults } from "./skeleton.ts";
export { type Manifest, readPackages, root } from "./workspace.ts";
