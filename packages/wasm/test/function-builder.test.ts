import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  Arena,
  EmitError,
  type FunctionBuilder,
  f32,
  f64,
  f64x2,
  i32,
  i32x4,
  i64,
  kernels,
  type Local,
  type ModuleBuilder,
} from "../src/index.ts";

const arena = new Arena(65536);
const bytes = arena.view(Uint8Array, 64);

/** Compiles one function of two integers. */
function compiled(body: (f: FunctionBuilder<"i32">, n: Local<"i32">, k: Local<"i32">) => Local<"i32">): (n: number, k?: number) => number {
  return kernels(arena, (m: ModuleBuilder<{ run(n: number, k: number): number }>) => {
    m.func("run", { n: "i32", k: "i32" }, "i32", (f, { n, k }) => body(f, n, k));
  }).run as (n: number, k?: number) => number;
}

describe("locals", () => {
  test("let keeps a value, set changes it", () => {
    const run = compiled((f, n) => {
      const old = f.let(n);
      f.set(n, i32.add(n, 1));
      return f.let(i32.add(i32.mul(old, 100), n));
    });

    expect(run(7)).toBe(708);
  });

  test("a value of another type is refused, and a number that could be of several", () => {
    const other = (f: FunctionBuilder<"i32">, n: Local<"i32">): Local<"i32"> => {
      f.set(n, f64.const(1) as never);
      return n;
    };

    expect(() => compiled(other)).toThrow(new EmitError("set of local 0 takes a value of type i32, found f64.const, of type f64"));
    expect(() => compiled((f) => f.let(1 as never))).toThrow(new EmitError("let takes an expression, found 1"));
  });
});

describe("if", () => {
  test("runs one branch", () => {
    const run = compiled((f, n, k) => {
      f.if(
        i32.lt_s(n, k),
        () => f.set(n, k),
        () => f.set(k, 100),
      );
      return f.let(i32.add(n, k));
    });

    expect([run(1, 5), run(5, 1)]).toEqual([10, 105]);
  });

  test("without the other branch runs one or none", () => {
    const run = compiled((f, n, k) => {
      f.if(n, () => f.set(k, 1));
      return k;
    });

    expect([run(0, 7), run(2, 7)]).toEqual([7, 1]);
  });
});

describe("loops", () => {
  test("while computes its condition before each pass", () => {
    // The length of n's Collatz sequence.
    const run = compiled((f, n, k) => {
      f.while(i32.ne(n, 1), () => {
        f.set(k, i32.add(k, 1));
        f.if(
          i32.and(n, 1),
          () => f.set(n, i32.add(i32.mul(n, 3), 1)),
          () => f.set(n, i32.shr_u(n, 1)),
        );
      });
      return k;
    });

    expect([run(1, 0), run(27, 0)]).toEqual([0, 111]);
  });

  test("doWhile makes a pass first", () => {
    const run = compiled((f, n, k) => {
      f.doWhile(() => {
        f.set(k, i32.add(k, 1));
        f.set(n, i32.sub(n, 1));
        return i32.gt_s(n, 0);
      });
      return k;
    });

    expect([run(-5, 0), run(1, 0), run(4, 0)]).toEqual([1, 1, 4]);
  });

  test("for counts as JavaScript's loop does, nested too", () => {
    const run = compiled((f, n, k) => {
      const sum = f.let(i32.const(0));
      f.for(k, n, 3, (i) => f.for(0, i, 2, (j) => f.set(sum, i32.add(i32.add(sum, i), j))));
      return sum;
    });

    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), (n, k) => {
        let sum = 0;
        for (let i = k; i < n; i += 3) for (let j = 0; j < i; j += 2) sum += i + j;
        expect(run(n, k)).toBe(sum);
      }),
    );
  });

  test("for compares unsigned, as addresses are", () => {
    const run = compiled((f, n, k) => {
      f.for(n, 2 ** 32 - 1, 2 ** 30, () => f.set(k, i32.add(k, 1)));
      return k;
    });

    expect(run(2 ** 31 - 1, 0)).toBe(2);
  });

  test("for takes its step from a local", () => {
    const run = compiled((f, n, k) => {
      const passes = f.let(i32.const(0));
      f.for(0, n, k, () => f.set(passes, i32.add(passes, 1)));
      return passes;
    });

    expect(run(10, 4)).toBe(3);
  });
});

test("return ends the function early", () => {
  const run = compiled((f, n) => {
    f.if(i32.lt_s(n, 0), () => f.return(-1));
    return n;
  });

  expect([run(-7), run(7)]).toEqual([-1, 7]);
});

test("return ends a function without a result", () => {
  bytes.fill(0);
  const { run } = kernels(arena, (m: ModuleBuilder<{ run(): void }>) => {
    m.func("run", {}, "void", (f) => {
      f.return();
      f.store8(0, 1);
    });
  });

  run();

  expect(bytes[0]).toBe(0);
});

describe("stores write at address + offset, and nothing else", () => {
  test.each<[string, (f: FunctionBuilder<"void">) => void, number[]]>([
    ["store of an i32", (f) => f.store(1, i32.const(0x04030201), 2), [1, 2, 3, 4]],
    ["store of an i64", (f) => f.store(1, i64.const(0x0807060504030201n), 2), [1, 2, 3, 4, 5, 6, 7, 8]],
    ["store of an f32", (f) => f.store(1, f32.const(1), 2), [0, 0, 0x80, 0x3f]],
    ["store of an f64", (f) => f.store(1, f64.const(1), 2), [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]],
    ["store of a v128", (f) => f.store(1, f64x2.const(1, -2), 2), [0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0]],
    ["store8", (f) => f.store8(1, 0x1234, 2), [0x34]],
    ["store16", (f) => f.store16(1, 0x12345, 2), [0x45, 0x23]],
    ["storeLane of 8 bits", (f) => f.storeLane(8, 1, i32x4.const(1, 2, 3, 4), 12, 2), [4]],
    ["storeLane of 16 bits", (f) => f.storeLane(16, 1, i32x4.const(1, 2, 3, 4), 6, 2), [4, 0]],
    ["storeLane of 32 bits", (f) => f.storeLane(32, 1, i32x4.const(1, 2, 3, 4), 3, 2), [4, 0, 0, 0]],
    ["storeLane of 64 bits", (f) => f.storeLane(64, 1, i32x4.const(1, 2, 3, 4), 1, 2), [3, 0, 0, 0, 4, 0, 0, 0]],
  ])("%s", (_, statement, stored) => {
    const expected = new Uint8Array(64).fill(0xaa);
    expected.set(stored, 3);
    bytes.fill(0xaa);

    kernels(arena, (m: ModuleBuilder<{ run(): void }>) => m.func("run", {}, "void", statement)).run();

    expect(bytes).toEqual(expected);
  });

  test("store refuses a number, which could be of several types", () => {
    const store = (m: ModuleBuilder<{ run(): void }>): void => m.func("run", {}, "void", (f) => f.store(0, 1 as never));

    expect(() => kernels(arena, store)).toThrow(new EmitError("store takes an expression, found 1"));
  });

  test("storeLane refuses a lane that is none", () => {
    const store = (m: ModuleBuilder<{ run(): void }>): void => m.func("run", {}, "void", (f) => f.storeLane(32, 0, i32x4.splat(0), 4));

    expect(() => kernels(arena, store)).toThrow("store32_lane: lane is 4, expected an integer in 0 ... 3");
  });
});
