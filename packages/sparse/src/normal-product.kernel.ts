import type { AnyPrecision } from "@slam/float";
import { type FunctionBuilder, i32, type Local, type ModuleBuilder } from "@slam/wasm";
import { type Layout, storedLanes } from "./stored-lanes.kernel.ts";

type Address = Local<"i32">;

/** Arguments are addresses, and a number of block rows. */
export interface NormalProductKernel {
  /** H <- H + A'A over the block rows, whose first target is given; returns the address behind their targets. */
  normalProduct(rowPtr: number, blockRows: number, values: number, target: number, H: number): number;
}

/**
 * Writes the reference's product in the format P, in its order and with its bits, for blocks of r x c in a layout of the format M, each value rounded to P as it is read. Lanes are columns of H.
 */
export function normalProductKernel(
  m: ModuleBuilder<NormalProductKernel>,
  r: number,
  c: number,
  M: AnyPrecision,
  layout: Layout,
  P: AnyPrecision,
): void {
  const stored = storedLanes(M, layout, P, r, c);
  const { lanes, bytes } = stored.vectors;
  const blockBytes = r * c * stored.bytes;

  /** H_block <- H_block + sum_a v_k[a]' v_l[a], one row of it after the other. */
  function addBlock(f: FunctionBuilder<"i32">, k: Address, l: Address, h: Address): void {
    for (let i = 0; i < c; i++) {
      for (let j = 0; j < c; j += lanes) {
        const count = Math.min(lanes, c - j);
        const row = [{ address: h, offset: (i * c + j) * bytes, count }];
        const sum = f.let(stored.readVector(f, row));
        for (let a = 0; a < r; a++) {
          const one = { address: k, offset: (a * c + i) * stored.bytes, count: 1 };
          const values = f.let(stored.read(f, [{ address: l, offset: (a * c + j) * stored.bytes, count }]));
          const factor = stored.read(
            f,
            Array.from({ length: lanes }, () => one),
          );
          f.set(sum, stored.vectors.add(f, sum, stored.vectors.mul(f, factor, values)));
        }
        stored.storeVector(f, row, sum);
      }
    }
  }

  const parameters = { rowPtr: "i32", blockRows: "i32", values: "i32", target: "i32", H: "i32" } as const;
  m.func("normalProduct", parameters, "i32", (f, { rowPtr, blockRows, values, target, H }) => {
    const pair = f.let(i32.add(target, 0));
    const from = f.let(i32.add(values, i32.mul(i32.load(rowPtr), blockBytes)));
    f.for(rowPtr, f.let(i32.add(rowPtr, i32.mul(blockRows, 4))), 4, (at) => {
      const to = f.let(i32.add(values, i32.mul(i32.load(at, 4), blockBytes)));
      f.for(from, to, blockBytes, (k) => {
        f.for(from, f.let(i32.add(k, blockBytes)), blockBytes, (l) => {
          const block = f.let(i32.load(pair));
          f.set(pair, i32.add(pair, 4));
          f.if(i32.ge_s(block, 0), () => addBlock(f, k, l, f.let(i32.add(H, i32.mul(block, c * c * bytes)))));
        });
      });
      f.set(from, to);
    });
    return pair;
  });
}
