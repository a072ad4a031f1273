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
    "checkGraph",
    "chi2",
    "informationMatrix",
    "informationSize",
    "poseDof",
    "poseSize",
    "readG2o",
    "readToro",
    "solve",
    "start",
    "surveyGraph",
    "writeG2o",
    "writeToro",
  ]);
});
