export { multiplyNormalReference } from "./joint-rows.reference.ts";
export { productReference } from "./normal-product.reference.ts";
export { multiplyReference, multiplyTransposedReference } from "./spmv.reference.ts";
