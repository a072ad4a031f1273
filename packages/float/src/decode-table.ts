import type { AnyPrecision, Storage } from "./precision.ts";

const tables = new WeakMap<AnyPrecision, Float32Array>();

/**
 * The value of every 16-bit code of P, for loops that decode by look-up (256 KB); made once per format.
 * undefined where P is not stored in a `Uint16Array` or has values that fp32 does not.
 */
export function decodeTable(P: AnyPrecision): Float32Array | undefined {
  if (P.Storage !== (Uint16Array as unknown) || P.minSubnormal < 2 ** -149 || P.maxFinite >= 2 ** 128) return undefined;
  let table = tables.get(P);
  if (table === undefined) {
    table = new Float32Array(65536);
    const code: Storage = new Uint16Array(1);
    // A format narrower than 16 bits has fewer codes: the rest of the table is never read.
    for (let c = 0; c < 65536; c++) {
      code[0] = c;
      table[c] = P.load(code, 0);
    }
    tables.set(P, table);
  }
  return table;
}
