export { productReference } from "./normal.ts";
export { multiplyReference, multiplyTransposedReference } from "./spmv.reference.ts";
