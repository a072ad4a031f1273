import * as api from "@slam/ichol";
import * as reference from "@slam/ichol/reference";
import { expect, test } from "vitest";

test("exports nothing by accident", () => {
  expect(Object.keys(api).sort()).toEqual([
    "DirectFactor",
    "analyzeCholesky",
    "analyzeDiagonal",
    "checkDirectFormat",
    "choleskyWorkspace",
    "convertFactor",
    "factorize",
    "factorizeThreshold",
    "forwardSolver",
    "isFactor",
    "solveOnce",
    "sparseInverse",
    "thresholdWorkspace",
    "triangularPreconditioner",
    "triangularWorkspace",
    "withBlockSize",
  ]);
  expect(Object.keys(reference).sort()).toEqual(["inverseReference", "referenceKernels", "referenceSolver"]);
});
