import {
  type AnyPrecision,
  bf16,
  defineFloat,
  e4m3,
  e5m2,
  f16k,
  fp16,
  fp32,
  type LaneCodec,
  type LaneOps,
  nextDown,
  nextUp,
} from "@slam/float";
import { expectSameBits } from "@slam/testing";
import { describe, expect, test } from "vitest";
import { Arena, kernels, laneEmitter, type ModuleBuilder, v128 } from "../src/index.ts";
import { checkComputation } from "./check-instructions.ts";
import {
  floats,
  fromFloats,
  greater,
  integers,
  lesser,
  type Model,
  onFloats,
  onIntegers,
  onVectors,
  signed,
  truncated,
  unsigned,
} from "./instruction-models.ts";

const arena = new Arena(4 * 65536);
const memory = arena.view(Uint8Array, 128);

/** An operation that a codec may use, as a function of bytes. */
type Operation = <V>(ops: LaneOps<V>, a: V, b: V, c: V) => V;

function emitted(operation: Operation): (...operands: Uint8Array[]) => Uint8Array {
  const { run } = kernels(arena, (m: ModuleBuilder<{ run(): void }>) => {
    m.func("run", {}, "void", (f) => {
      const [a, b, c] = [0, 16, 32].map((address) => f.let(v128.load(address)));
      f.store(64, operation(laneEmitter(f), a, b, c));
    });
  });
  return (...operands) => {
    operands.forEach((bytes, i) => {
      memory.set(bytes, 16 * i);
    });
    run();
    return memory.slice(64, 80);
  };
}

const TWO = ["v128", "v128"] as const;
const two = (compute: (a: bigint, b: bigint) => bigint | boolean, read = signed): Model => onIntegers(TWO, read, 4, compute);
const one = (compute: (a: bigint) => bigint, read = signed): Model => onIntegers(["v128"], read, 4, compute);
const number = (compute: (a: number, b: number) => number): Model => onFloats(TWO, 4, compute);
const halves = (a: bigint): readonly [bigint, bigint] => [BigInt.asIntN(16, a), BigInt.asIntN(16, a >> 16n)];

const operations: { readonly [name in keyof LaneOps<unknown>]: readonly [Operation, Model] } = {
  bits: [(ops, a) => ops.addI(a, ops.bits(0xfffffff0)), one((a) => a - 16n)],
  number: [(ops, a) => ops.mulF(a, ops.number(0.1)), onFloats(["v128"], 4, (a) => a * Math.fround(0.1))],
  and: [(ops, a, b) => ops.and(a, b), two((a, b) => a & b)],
  or: [(ops, a, b) => ops.or(a, b), two((a, b) => a | b)],
  xor: [(ops, a, b) => ops.xor(a, b), two((a, b) => a ^ b)],
  andNot: [(ops, a, b) => ops.andNot(a, b), two((a, b) => a & ~b)],
  select: [
    (ops, a, b, c) => ops.select(a, b, c),
    onIntegers(["v128", "v128", "v128"], unsigned, 4, (mask, b, c) => (b & mask) | (c & ~mask)),
  ],
  shl: [(ops, a) => ops.shl(a, 13), one((a) => a << 13n)],
  shrU: [(ops, a) => ops.shrU(a, 13), one((a) => a >> 13n, unsigned)],
  shrS: [(ops, a) => ops.shrS(a, 13), one((a) => a >> 13n)],
  addI: [(ops, a, b) => ops.addI(a, b), two((a, b) => a + b)],
  subI: [(ops, a, b) => ops.subI(a, b), two((a, b) => a - b)],
  mulI: [(ops, a, b) => ops.mulI(a, b), two((a, b) => a * b)],
  minI: [(ops, a, b) => ops.minI(a, b), two(lesser)],
  maxI: [(ops, a, b) => ops.maxI(a, b), two(greater)],
  eqI: [(ops, a, b) => ops.eqI(a, b), two((a, b) => (a === b ? -1n : 0n))],
  ltI: [(ops, a, b) => ops.ltI(a, b), two((a, b) => (a < b ? -1n : 0n))],
  dotI16: [
    (ops, a, b) => ops.dotI16(a, b),
    two((a, b) => {
      const [x, y] = [halves(a), halves(b)];
      return x[0] * y[0] + x[1] * y[1];
    }),
  ],
  addF: [(ops, a, b) => ops.addF(a, b), number((a, b) => a + b)],
  subF: [(ops, a, b) => ops.subF(a, b), number((a, b) => a - b)],
  mulF: [(ops, a, b) => ops.mulF(a, b), number((a, b) => a * b)],
  divF: [(ops, a, b) => ops.divF(a, b), number((a, b) => a / b)],
  ltF: [
    (ops, a, b) => ops.ltF(a, b),
    onVectors("bits", TWO, (a, b) => {
      const y = floats(b, 4);
      return integers(
        4,
        floats(a, 4).map((x, i) => (x < y[i] ? -1 : 0)),
      );
    }),
  ],
  toNumber: [(ops, a) => ops.toNumber(a), onVectors("f32", ["v128"], (a) => fromFloats(4, signed(a, 4).map(Number)))],
  toInteger: [
    (ops, a) => ops.toInteger(a),
    onVectors("bits", ["v128"], (a) =>
      integers(
        4,
        floats(a, 4).map((x) => truncated(x, -(2 ** 31), 2 ** 31 - 1)),
      ),
    ),
  ],
};

test.each(Object.entries(operations))("%s does in lanes what it says", (_, [operation, model]) => {
  checkComputation(emitted(operation), model);
});

interface CodecKernels {
  decode(): void;
  encode(): void;
  round(): void;
}

/** One group: its word at 0 and its numbers, or the numbers rounded, from 64 on. */
function codecKernels(m: ModuleBuilder<CodecKernels>, codec: LaneCodec): void {
  const parts = Array.from({ length: 32 / codec.bits }, (_, part) => part);
  m.func("decode", {}, "void", (f) => {
    const word = f.let(v128.load(0));
    for (const part of parts) f.store(64, codec.decode(laneEmitter(f), word, part), 16 * part);
  });
  m.func("encode", {}, "void", (f) => {
    const numbers = parts.map((part) => f.let(v128.load(64, 16 * part)));
    f.store(0, codec.encode(laneEmitter(f), numbers));
  });
  m.func("round", {}, "void", (f) => {
    for (const part of parts) f.store(64, codec.round(laneEmitter(f), f.let(v128.load(64, 16 * part))), 16 * part);
  });
}

/** What a codec's kernels make of groups: the codes of a word in the order of their values. */
function codecOf(codec: LaneCodec): {
  readonly size: number;
  decode(codes: number[]): number[];
  encode(x: number[]): number[];
  round(x: number[]): number[];
} {
  const run = kernels(arena, codecKernels, codec);
  const parts = 32 / codec.bits;
  const size = 4 * parts;
  const codes = new { 8: Uint8Array, 16: Uint16Array, 32: Uint32Array }[codec.bits](memory.buffer, 0, size);
  const numbers = new Float32Array(memory.buffer, 64, size);
  const placed = Array.from({ length: size }, (_, i) => (i % 4) * parts + Math.floor(i / 4));
  const computed = (x: number[], kernel: () => void): void => {
    numbers.set(x);
    kernel();
  };
  return {
    size,
    decode(values) {
      placed.forEach((place, i) => {
        codes[place] = values[i];
      });
      run.decode();
      return [...numbers];
    },
    encode(x) {
      computed(x, run.encode);
      return placed.map((place) => codes[place]);
    },
    round(x) {
      computed(x, run.round);
      return [...numbers];
    },
  };
}

/** The numbers in groups of `size`; the last group is filled up with zeros. */
function grouped(numbers: readonly number[], size: number): number[][] {
  return Array.from({ length: Math.ceil(numbers.length / size) }, (_, g) =>
    Array.from({ length: size }, (_, i) => numbers[g * size + i] ?? 0),
  );
}

const formats: readonly (readonly [AnyPrecision, number])[] = [
  [fp16, 16],
  [bf16, 16],
  [e4m3, 8],
  [e5m2, 8],
  [defineFloat({ name: "a 12-bit float", exponentBits: 5, significandBits: 7 }), 12],
  [defineFloat({ name: "the upper 12 bits of fp32", exponentBits: 8, significandBits: 4 }), 12],
  [defineFloat({ name: "a saturating 6-bit float", exponentBits: 3, significandBits: 3, infinities: false, saturate: true }), 6],
];

describe.each(formats.map(([P, width]) => ({ name: P.name, P, width })))("the lanes of $name", ({ P, width }) => {
  const { size, decode, encode, round } = codecOf(P.lanes!);
  const codes = Array.from({ length: 2 ** width }, (_, code) => code);
  const s = new P.Storage(1);
  const load = (code: number): number => {
    s[0] = code;
    return P.load(s, 0);
  };
  const stored = (x: number): number => {
    P.store(s, 0, x);
    return s[0];
  };

  test("decode every code", () => {
    for (const group of grouped(codes, size)) expectSameBits(decode(group), group.map(load));
  });

  test("encode and round as `store` does: values, the ties after them, the ties' neighbours, and what is no number", () => {
    const top = stored(P.maxFinite);
    const positive = codes.slice(0, top + 1).flatMap((code) => {
      const half = code === top ? (load(code) - load(code - 1)) / 2 : (load(code + 1) - load(code)) / 2;
      const tie = load(code) + half;
      return [load(code), nextDown(fp32, tie), tie, nextUp(fp32, tie)];
    });

    for (const group of grouped([Infinity, -Infinity, NaN, -0, fp32.maxFinite, ...positive, ...positive.map((x) => -x)], size)) {
      expect(encode(group)).toEqual(group.map(stored));
      expectSameBits(
        round(group),
        group.map((x) => P.round(x)),
      );
    }
  });
});

test("the f16k layout holds every fp16 number up to its limit", () => {
  const s = Uint16Array.from({ length: 65536 }, (_, code) => code);
  const values = Array.from(s, (code) => fp16.load(s, code)).filter((x) => Math.abs(x) <= 63.96875);
  const codec = f16k(63.96875)!;
  const { size, decode, encode } = codecOf(codec);

  for (const group of grouped(values, size)) {
    expectSameBits(
      decode(encode(group)).map((x) => x / codec.scale),
      group,
    );
  }
});

test("fp32 passes through", () => {
  const { decode, encode, round } = codecOf(fp32.lanes!);

  expect(encode([1, -2, 0.5, 0])).toEqual([0x3f800000, 0xc0000000, 0x3f000000, 0]);
  expect(decode([0x3f800000, 0xc0000000, 0x3f000000, 0])).toEqual([1, -2, 0.5, 0]);
  expect(round([0.25, 3, 4, 5])).toEqual([0.25, 3, 4, 5]);
});
