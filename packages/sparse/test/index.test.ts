import * as api from "@slam/sparse";
import * as views from "@slam/sparse/ndarray";
import * as reference from "@slam/sparse/reference";
import { expect, test } from "vitest";

test("exports nothing by accident", () => {
  expect(Object.keys(api).sort()).toEqual([
    "JointRows",
    "PackedBsr",
    "ScaledBsr",
    "StagedBsr",
    "addDiagonal",
    "amd",
    "bsrMatrix",
    "bsrOperator",
    "bsrPattern",
    "checkPermutation",
    "columnCounts",
    "columnSquares",
    "countPass",
    "eliminationTree",
    "inversePermutation",
    "isJoint",
    "jacobiScaling",
    "jointRowsBytes",
    "nestedDissection",
    "normalProduct",
    "normalSymbolic",
    "packBsr",
    "packNormal",
    "packPattern",
    "packedBsr",
    "packedBytes",
    "packedNormalBytes",
    "packedPatternBytes",
    "packedValuesBytes",
    "permuteSymmetric",
    "postorder",
    "rowStructure",
    "scaleColumns",
    "scaledBsrBytes",
    "stagedBsrBytes",
    "symbolicCholesky",
    "transpose",
    "transposePattern",
    "valueCount",
    "writeJacobiScaling",
  ]);
  expect(Object.keys(views).sort()).toEqual(["blockView", "toDense"]);
  expect(Object.keys(reference).sort()).toEqual([
    "multiplyNormalReference",
    "multiplyReference",
    "multiplyTransposedReference",
    "productReference",
  ]);
});
