import type { Manifest } from "./workspace.ts";

/** Lowest first. A package may depend on packages of earlier rows only: never on a later one, never on a sibling. */
const layers: readonly (readonly string[])[] = [
  ["@slam/testing"],
  ["@slam/errors"],
  ["@slam/float"],
  ["@slam/linop", "@slam/lie", "@slam/wasm"],
  ["@slam/sparse", "@slam/eval", "@slam/camera", "@slam/sim"],
  ["@slam/cgnr", "@slam/ichol", "@slam/gpu"],
  ["@slam/nlls"],
  ["@slam/ba", "@slam/pgo"],
  ["@slam/odometry"],
  ["@slam/contests", "@slam/experiments"],
  ["@slam/cli", "@slam/web"],
];

/** The arrows of `manifests`, development ones included, that do not point to a lower layer; empty when all is well. */
export function layerFaults(manifests: readonly Manifest[]): readonly string[] {
  return manifests.flatMap((manifest) => {
    const from = layerOf(manifest.name);
    if (from < 0) return [`${manifest.name} has no layer: give it one in tooling/house/src/layers.ts`];
    const targets = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).filter((name) => name.startsWith("@slam/"));
    return targets.flatMap((target) => {
      const to = layerOf(target);
      if (to < 0) return [`${manifest.name} -> ${target}, which has no layer`];
      return to < from ? [] : [`${manifest.name} (layer ${from}) -> ${target} (layer ${to}) does not point to a lower layer`];
    });
  });
}

function layerOf(name: string): number {
  return layers.findIndex((row) => row.includes(name));
}
