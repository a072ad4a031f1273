import * as api from "@slam/pgo";
import { expect, test } from "vitest";

test("exports nothing by accident", () => {
  expect(Object.keys(api).sort()).toEqual([
    "BsrJacobian",
    "CgnrSolver",
    "DirectSolver",
    "PoseGraphProblem",
    "SIXTEEN_BIT",
    "addFalseLoops",
    "certify",
    "checkGraph",
    "chi2",
    "costOf",
    "costs",
    "factorCount",
    "findConsistentLoops",
    "gateLoop",
    "informationMatrix",
    "informationSize",
    "isCertificate",
    "isMarginals",
    "lintG2o",
    "lintToro",
    "mahalanobis",
    "poseDof",
    "poseSize",
    "readG2o",
    "readToro",
    "recoverMarginals",
    "solve",
    "start",
    "surveyGraph",
    "withoutEdges",
    "writeG2o",
    "writeToro",
  ]);
});
