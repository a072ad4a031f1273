import { expect, test } from "vitest";
import { layerFaults } from "../src/layers.ts";
import { readPackages } from "../src/workspace.ts";

const manifests = [...readPackages("packages"), ...readPackages("apps")].map(({ manifest }) => manifest);

test("every arrow of this workspace points to a lower layer", () => {
  expect(layerFaults(manifests)).toEqual([]);
});

test("an arrow up is a fault", () => {
  const up = { name: "@slam/float", dependencies: { "@slam/errors": "workspace:*", "@slam/pgo": "workspace:*" } };

  expect(layerFaults([up])).toEqual(["@slam/float (layer 2) -> @slam/pgo (layer 7) does not point to a lower layer"]);
});

test("an arrow up is a fault in devDependencies too", () => {
  const up = { name: "@slam/errors", devDependencies: { "@slam/float": "workspace:*" } };

  expect(layerFaults([up])).toHaveLength(1);
});

test("an arrow to a sibling is a fault", () => {
  const sideways = { name: "@slam/cgnr", dependencies: { "@slam/ichol": "workspace:*" } };

  expect(layerFaults([sideways])).toHaveLength(1);
});

test("an arrow up to a package that is not written yet is a fault", () => {
  const up = { name: "@slam/nlls", dependencies: { "@slam/odometry": "workspace:*" } };

  expect(layerFaults([up])).toHaveLength(1);
});

test("a package without a layer is a fault, on either end of an arrow", () => {
  const unknown = { name: "@slam/unknown" };
  const pointing = { name: "@slam/cli", dependencies: { "@slam/unknown": "workspace:*", commander: "^1" } };

  expect(layerFaults([unknown, pointing])).toEqual([
    "@slam/unknown has no layer: give it one in tooling/house/src/layers.ts",
    "@slam/cli -> @slam/unknown, which has no layer",
  ]);
});
