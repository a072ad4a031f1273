import type { Local } from "@slam/wasm";

/** What the product kernels take: addresses, and the number of block rows. */
export const BSR_PARAMETERS = { rowPtr: "i32", colIdx: "i32", values: "i32", blockRows: "i32", x: "i32", y: "i32" } as const;

export type BsrParameters = { readonly [name in keyof typeof BSR_PARAMETERS]: Local<"i32"> };
