import { totalOf, Work } from "@slam/linop";
import { expect, test } from "vitest";

test("adds up flops by arithmetic and bytes by storage", () => {
  const work = new Work();

  work.count("matvec", "fp32", 10, "fp16", 20);
  work.count("matvec", "fp32", 1, "fp16", 2);
  work.count("matvec", "fp32", 100, "fp32", 400);
  work.count("vectors", "fp64", 7, "fp64", 56);

  expect(work.flops).toEqual({ matvec: { fp32: 111 }, vectors: { fp64: 7 } });
  expect(work.bytes).toEqual({ matvec: { fp16: 22, fp32: 400 }, vectors: { fp64: 56 } });
});

test("takes what another has counted", () => {
  const [work, other] = [new Work(), new Work()];
  work.count("matvec", "fp32", 10, "fp16", 20);
  other.count("matvec", "fp32", 1, "fp32", 4);
  other.count("update", "fp64", 3, "fp64", 5);

  work.include(other);

  expect(work.flops).toEqual({ matvec: { fp32: 11 }, update: { fp64: 3 } });
  expect(work.bytes).toEqual({ matvec: { fp16: 20, fp32: 4 }, update: { fp64: 5 } });
});

test("holds nothing of operations that did not run", () => {
  expect(new Work()).toEqual({ flops: {}, bytes: {} });
});

test("sums an operation over its formats, and all operations", () => {
  const work = new Work();
  work.count("matvec", "fp32", 10, "fp16", 20);
  work.count("matvec", "fp64", 5, "fp32", 8);

  expect(totalOf(work, "matvec")).toEqual({ flops: 15, bytes: 28 });
  expect(totalOf(work, "update")).toEqual({ flops: 0, bytes: 0 });
  work.count("update", "fp64", 3, "fp64", 24);
  expect(totalOf(work)).toEqual({ flops: 18, bytes: 52 });
});

test("hands over what was counted, and goes on from nothing", () => {
  const work = new Work();
  work.count("matvec", "fp32", 10, "fp16", 20);

  const before = work.handOver();
  work.count("update", "fp64", 3, "fp64", 5);

  expect(before.flops).toEqual({ matvec: { fp32: 10 } });
  expect([work.flops, work.bytes]).toEqual([{ update: { fp64: 3 } }, { update: { fp64: 5 } }]);
});

test("counts in another one, too, while something runs, and after it throws no more", () => {
  const [work, phase] = [new Work(), new Work()];

  const result = work.alsoIn(phase, () => {
    work.count("matvec", "fp32", 10, "fp16", 20);
    return 7;
  });
  expect(() =>
    work.alsoIn(phase, () => {
      throw new Error("stop");
    }),
  ).toThrow("stop");
  work.count("matvec", "fp32", 1, "fp16", 2);

  expect([result, phase.flops, phase.bytes]).toEqual([7, { matvec: { fp32: 10 } }, { matvec: { fp16: 20 } }]);
  expect(work.flops).toEqual({ matvec: { fp32: 11 } });
});
