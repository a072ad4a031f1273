import { type AnyPrecision, bf16, defineFloat, e4m3, fp16, fp32, fp64, type LaneCodec, pack, type Storage } from "@slam/float";
import { describe, expect, test } from "vitest";
import { Arena, decodeLanes, kernels, type LaneFormat, laneFormat, type ModuleBuilder, v128 } from "../src/index.ts";

// The bits of every operation, on all kinds of numbers, are compared with the references in @slam/sparse and @slam/cgnr.

const fp12 = defineFloat({ name: "fp12", exponentBits: 5, significandBits: 7 });

interface Sums {
  sum(x: number, y: number): void;
}

/** y <- x + x y of as many numbers as lanes. */
function sums(m: ModuleBuilder<Sums>, P: AnyPrecision): void {
  const format = laneFormat(P) as LaneFormat;
  m.func("sum", { x: "i32", y: "i32" }, "void", (f, { x, y }) => {
    const [a, b] = [x, y].map((address) => f.let(format.decode(f, v128.load(address))));
    f.store(y, format.encode(f, [format.add(f, a, format.mul(f, a, b))]));
  });
}

describe.each([fp64, fp32, fp16, bf16, e4m3, fp12] as readonly AnyPrecision[])("$name", (P) => {
  test("rounds the product, then the sum", () => {
    const arena = new Arena(1000);
    const { lanes } = laneFormat(P) as LaneFormat;
    const values = [1.1, -3.3, 0.07, 13].slice(0, lanes);
    const [x, y] = [0, 1].map(() => arena.view(P, 16) as Storage);
    x.set(pack(P, values) as Storage);
    y.set(pack(P, values.toReversed()) as Storage);
    const expected = values.map((_, i) => P.add(P.load(x, i), P.mul(P.load(x, i), P.load(y, i))));

    kernels(arena, sums, P).sum(x.byteOffset, y.byteOffset);

    expect(values.map((_, i) => P.load(y, i))).toEqual(expected);
  });
});

interface Decoding {
  decode(codes: number, values: number): void;
}

function decoding(m: ModuleBuilder<Decoding>, codec: LaneCodec): void {
  m.func("decode", { codes: "i32", values: "i32" }, "void", (f, { codes, values }) => {
    f.store(values, decodeLanes(f, codec, v128.load(codes)));
  });
}

test.each([fp32, fp16, bf16, e4m3, fp12] as readonly AnyPrecision[])("four codes of $name side by side are decoded", (P) => {
  const arena = new Arena(1000);
  const codes = arena.view(P, 16) as Storage;
  const values = arena.view(fp32, 4);
  codes.set(pack(P, [1, -2, 0.25, 7, 99, 99, 99, 99]) as Storage);

  kernels(arena, decoding, P.lanes as LaneCodec).decode(codes.byteOffset, values.byteOffset);

  expect([...values]).toEqual([1, -2, 0.25, 7]);
});

test("more than 11 bits, or numbers that fp32 does not have, have none", () => {
  const long = defineFloat({ name: "long", exponentBits: 4, significandBits: 12 });
  const wide = defineFloat({ name: "wide", exponentBits: 9, significandBits: 7 });

  expect([long, wide].map(laneFormat)).toEqual([undefined, undefined]);
});
