import { DescriptorRecognizer, type Place, type PlaceMatch } from "@slam/odometry";
import { Random } from "@slam/sim";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hamming, wordsOf } from "../../src/places/hamming.ts";

const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });

/** n landmarks of a world, each with bits flipped. */
function place(id: number, landmarks: readonly number[], flipped: number = 0): Place {
  const noise = new Random(1000 + id);
  const descriptors = new Uint8Array(32 * landmarks.length);
  for (const [i, landmark] of landmarks.entries()) {
    const random = new Random(landmark);
    for (let k = 0; k < 32; k++) descriptors[32 * i + k] = random.integer(256);
    for (let k = 0; k < flipped; k++) descriptors[32 * i + noise.integer(32)] ^= 1 << noise.integer(8);
  }
  const track = Int32Array.from(landmarks, (landmark) => 1000 * id + landmark);
  return { id, time: id, track, points: new Float64Array(3 * track.length), measurements: new Float64Array(3 * track.length), descriptors };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, k) => from + k);

function pairsOf(matches: readonly PlaceMatch[]): readonly (readonly [id: number, pairs: number[]])[] {
  return matches.map((match) => [match.id, "pairs" in match ? [...match.pairs] : []]);
}

test("two descriptors differ in as many bits as their bytes do", () => {
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      const bits = a.reduce((sum, x, k) => sum + [...(x ^ b[k]).toString(2)].filter((bit) => bit === "1").length, 0);

      expect(hamming(wordsOf(a), 0, wordsOf(b), 0)).toBe(bits);
    }),
  );
});

describe("a place is recognised", () => {
  test("by the landmarks that both show, pair by pair, however they are ordered", () => {
    const recognizer = new DescriptorRecognizer({ recent: 2, leastMatches: 5 });
    recognizer.recognize(place(0, range(0, 10), 12));
    recognizer.recognize(place(1, range(100, 110), 12));
    recognizer.recognize(place(2, range(200, 210), 12));
    const matches = recognizer.recognize(place(3, [...range(4, 10).reverse(), ...range(300, 304)], 12));

    expect(pairsOf(matches)).toEqual([[0, [9, 0, 8, 1, 7, 2, 6, 3, 5, 4, 4, 5]]]);
  });

  test("not where it shares too few landmarks, nor where it has just been", () => {
    const recognizer = new DescriptorRecognizer({ recent: 2, leastMatches: 5 });
    recognizer.recognize(place(0, range(0, 10)));

    expect(recognizer.recognize(place(1, range(0, 10)))).toEqual([]);
    expect(recognizer.recognize(place(2, range(0, 10)))).toEqual([]);
    expect(recognizer.recognize(place(3, range(6, 16)))).toEqual([]);
    expect(recognizer.recognize(place(4, range(5, 15))).map(({ id }) => id)).toEqual([0]);
  });

  test("the one that shares the most first, and no more than are asked for", () => {
    const recognized = (most: number): number[] => {
      const recognizer = new DescriptorRecognizer({ recent: 0, leastMatches: 5, most });
      for (const [id, shared] of [6, 9, 3, 8].entries())
        recognizer.recognize(place(id, [...range(0, shared), ...range(100 * id + 100, 100 * id + 110)]));
      return recognizer.recognize(place(4, range(0, 10))).map(({ id }) => id);
    };

    expect([1, 2, 3, 9].map(recognized)).toEqual([[1], [1, 3], [1, 3, 0], [1, 3, 0]]);
  });

  test("but not by landmarks that look like each other", () => {
    const recognizer = new DescriptorRecognizer({ recent: 0, leastMatches: 5 });
    recognizer.recognize(place(0, [...range(0, 8), ...range(0, 8)]));

    expect(recognizer.recognize(place(1, range(0, 8)))).toEqual([]);
  });

  test("not without descriptors", () => {
    const { descriptors: _, ...bare } = place(1, range(0, 10));
    const recognizer = new DescriptorRecognizer({ recent: 0, leastMatches: 5 });
    recognizer.recognize(place(0, range(0, 10)));

    expect(recognizer.recognize(bare)).toEqual([]);
    expect(recognizer.recognize(place(2, range(0, 10))).map(({ id }) => id)).toEqual([0]);
  });
});

test("of the same landmark, 24 bits off on average, 95 in 100 are found among 5000", () => {
  const recognizer = new DescriptorRecognizer({ recent: 0, leastMatches: 5 });
  for (let id = 0; id < 50; id++) recognizer.recognize(place(id, range(100 * id, 100 * id + 100), 12));
  const matches = recognizer.recognize(place(50, range(700, 800), 12));

  expect(matches.map(({ id }) => id)).toEqual([7]);
  expect(pairsOf(matches)[0][1].length / 2).toBeGreaterThan(95);
});

test("options out of range are refused", () => {
  for (const options of [{ recent: -1 }, { leastMatches: 2 }, { distance: 256 }, { ratio: 2 }, { most: 0 }]) {
    expect(() => new DescriptorRecognizer(options)).toThrow(Object.keys(options)[0]);
  }
});
