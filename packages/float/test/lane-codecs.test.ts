import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bf16, defineFloat, e4m3, f16k, fp16, fp32, fp64, type LaneCodec, nextDown, nextUp } from "../src/index.ts";
import { codeCount, codeFormats, decode, encode } from "./cases.ts";
import { asBits, asNumber, interpreted, type Lanes } from "./interpreted-lanes.ts";

/** The values of a word's group, in order. */
function decodeGroup(codec: LaneCodec, word: Lanes): number[] {
  return Array.from({ length: 32 / codec.bits }, (_, part) => [...codec.decode(interpreted, word, part)].map(asNumber)).flat();
}

/** The word of a group of numbers. */
function encodeGroup(codec: LaneCodec, x: readonly number[]): Lanes {
  const parts = Array.from({ length: 32 / codec.bits }, (_, part) => Uint32Array.from(x.slice(4 * part, 4 * part + 4), asBits));
  return codec.encode(interpreted, parts);
}

/** The codes of a group, in order: code 4 part + lane is in the bits of its part. */
function codesOf({ bits }: LaneCodec, word: Lanes): number[] {
  return Array.from({ length: 128 / bits }, (_, i) => (word[i % 4] >>> (bits * Math.floor(i / 4))) % 2 ** bits);
}

function wordOf({ bits }: LaneCodec, codes: readonly number[]): Lanes {
  return Uint32Array.from({ length: 4 }, (_, lane) =>
    Array.from({ length: 32 / bits }, (_, part) => codes[4 * part + lane] * 2 ** (bits * part)).reduce((a, b) => a + b),
  );
}

/** Numbers in groups, the last one filled up with its first. */
function groups(codec: LaneCodec, x: readonly number[]): number[][] {
  const size = 128 / codec.bits;
  return Array.from({ length: Math.ceil(x.length / size) }, (_, g) =>
    Array.from({ length: size }, (_, i) => x[g * size + i] ?? x[g * size]),
  );
}

describe("layout", () => {
  test("fp32 has one part", () => {
    expect(decodeGroup(fp32.lanes!, Uint32Array.of(1, 2, 3, 4).map(asBits))).toEqual([1, 2, 3, 4]);
  });

  test("bf16 has the first four values in the lower halves, the other four in the upper", () => {
    const word = encodeGroup(bf16.lanes!, [1, 2, 3, 4, 5, 6, 7, 8]);

    expect([...word]).toEqual([0x40a03f80, 0x40c04000, 0x40e04040, 0x41004080]);
    expect(decodeGroup(bf16.lanes!, word)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("e4m3 has four parts, the first in the lowest bytes", () => {
    const word = encodeGroup(e4m3.lanes!, [1, 1, 1, 1, 2, 2, 2, 2, -1, -1, -1, -1, 448, 448, 448, 448]);

    expect([...word]).toEqual(Array(4).fill(0x7eb84038));
  });
});

test("formats with numbers that fp32 does not have, have no lanes", () => {
  const wide = defineFloat({ name: "wide", exponentBits: 9, significandBits: 7 });
  const high = defineFloat({ name: "high", exponentBits: 8, significandBits: 8, infinities: false });

  expect([fp64.lanes, wide.lanes, high.lanes]).toEqual([undefined, undefined, undefined]);
});

describe.each(codeFormats.filter(({ P }) => P.lanes !== undefined))("$name", (format) => {
  const { P } = format;
  const codec = P.lanes!;
  const codes = Array.from({ length: codeCount(format) }, (_, code) => code);

  test("holds every code, as it is", () => {
    expect([codec.name, codec.bits, codec.scale, codec.limit]).toEqual([P.name, 8 * P.Storage.BYTES_PER_ELEMENT, 1, Infinity]);
  });

  test("decodes every code in every place", () => {
    for (const shift of [0, 1, 2, 3].slice(0, 32 / codec.bits)) {
      const turned = [...codes.slice(4 * shift), ...codes.slice(0, 4 * shift)];
      for (const group of groups(codec, turned)) {
        const values = decodeGroup(codec, wordOf(codec, group));
        group.forEach((code, i) => {
          if (!Object.is(values[i], decode(P, code))) expect.fail(`code ${code} is ${values[i]}, not ${decode(P, code)}`);
        });
      }
    }
  });

  function expectEncoded(x: readonly number[]): void {
    for (const group of groups(codec, x)) {
      const actual = codesOf(codec, encodeGroup(codec, group));
      group.forEach((xi, i) => {
        if (actual[i] !== encode(P, xi)) expect.fail(`${xi} became code ${actual[i]}, not ${encode(P, xi)}`);
      });
      const rounded = codec.round(interpreted, Uint32Array.from(group.slice(0, 4), asBits));
      group.slice(0, 4).forEach((xi, i) => {
        if (!Object.is(asNumber(rounded[i]), P.round(xi))) expect.fail(`${xi} was rounded to ${asNumber(rounded[i])}, not ${P.round(xi)}`);
      });
    }
  }

  test("encodes and rounds values, the ties between them and the neighbours of those as `store` does", () => {
    const top = encode(P, P.maxFinite);
    const positive = codes.slice(0, top + 1).flatMap((code) => {
      const value = decode(P, code);
      const half = code === top ? (value - decode(P, code - 1)) / 2 : (decode(P, code + 1) - value) / 2;
      const tie = value + half;
      return [value, nextDown(fp32, tie), tie, nextUp(fp32, tie)];
    });

    expectEncoded([...positive, ...positive.map((x) => -x)]);
  });

  test("encodes and rounds any fp32 number as `store` does", () => {
    expectEncoded([0, -0, Infinity, -Infinity, NaN, fp32.maxFinite, -fp32.maxFinite, fp32.minSubnormal, -fp32.minNormal]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: 16, maxLength: 16 }), (bits) => {
        expectEncoded(bits.map(asNumber));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("f16k", () => {
  test("takes the largest shift that holds the values, at most 10", () => {
    expect([0, 63.96875, 63.97, 1000, 65504].map((largest) => f16k(largest)?.limit)).toEqual([63.96875, 63.96875, 127.9375, 1023.5, 65504]);
    expect([65505, Infinity, NaN].map(f16k)).toEqual([undefined, undefined, undefined]);
  });

  test("is one layout per shift: kernels are made for it once", () => {
    expect(f16k(1)).toBe(f16k(60));
  });

  const values = Array.from({ length: 65536 }, (_, code) => decode(fp16, code)).filter(Number.isFinite);

  test.each([0, 1, 5, 10])("with shift %d holds every fp16 number up to its limit", (shift) => {
    const codec = f16k(65504 / 2 ** shift)!;
    const held = values.filter((value) => Math.abs(value) <= codec.limit);
    expect(codec.scale).toBe(2 ** (shift - 112));

    for (const group of groups(codec, held)) {
      const decoded = decodeGroup(codec, encodeGroup(codec, group));
      group.forEach((value, i) => {
        if (!Object.is(decoded[i] / codec.scale, value)) expect.fail(`${value} became ${decoded[i] / codec.scale}`);
      });
    }
  });

  test("with shift 10 has no subnormal numbers, stored or decoded", () => {
    const codec = f16k(63)!;
    const least = encodeGroup(codec, Array(8).fill(fp16.minSubnormal));

    expect(codesOf(codec, least)[0]).toBe(0x0400);
    expect(decodeGroup(codec, least)[0]).toBe(fp32.minNormal);
  });

  test("rounds as fp16 does", () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: -60, max: 60, noNaN: true }), { minLength: 8, maxLength: 8 }), (x) => {
        const codec = f16k(60)!;
        const decoded = decodeGroup(codec, encodeGroup(codec, x));
        expect(decoded.map((value) => value / codec.scale)).toEqual(x.map((xi) => fp16.round(xi)));
        expect([...codec.round(interpreted, Uint32Array.from(x.slice(0, 4), asBits))].map(asNumber)).toEqual(
          x.slice(0, 4).map((xi) => fp16.round(xi)),
        );
      }),
    );
  });

  test("a factor below 2^127 scale may take the rest of the power of two", () => {
    const codec = f16k(63)!;
    const factor = 2 ** 25 * (1 - fp32.unitRoundoff);

    const product = fp32.mul(decodeGroup(codec, encodeGroup(codec, Array(8).fill(0.1)))[0], factor / codec.scale);

    expect(factor).toBeLessThan(2 ** 127 * codec.scale);
    expect(product).toBe(fp32.mul(fp16.round(0.1), factor));
  });
});
