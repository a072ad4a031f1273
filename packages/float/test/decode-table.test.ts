import { expect, test } from "vitest";
import { bf16, decodeTable, defineFloat, e4m3, fp16, fp32 } from "../src/index.ts";
import { decode } from "./cases.ts";

test.each([fp16, bf16])("$name: holds the value of every code, made once", (P) => {
  const table = decodeTable(P);

  expect(table).toHaveLength(65536);
  for (let code = 0; code < 65536; code += 7) expect(table?.[code]).toBe(decode(P, code));
  expect(decodeTable(P)).toBe(table);
});

test("there is none for formats of other sizes, or with values that fp32 lacks", () => {
  const wide = defineFloat({ name: "wide", exponentBits: 10, significandBits: 6 });

  expect([fp32, e4m3, wide].map(decodeTable)).toEqual([undefined, undefined, undefined]);
});
