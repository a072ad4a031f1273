import { PARTS, type PartEfforts } from "@slam/nlls";
import { expect, test } from "vitest";
import { byPart, secondsOf, sharesOf, workOf } from "../src/shares.ts";

/** Products take all but the Jacobians' share. */
function partsOf(jacobians: number, products: number): PartEfforts {
  const amount = (part: string): number => (part === "jacobians" ? jacobians : part === "products" ? products : 0);
  return byPart((part) => ({ seconds: amount(part), flops: 10 * amount(part), bytes: part === "products" ? 8 : 0 }));
}

test("shares are of all runs together, in time, flops and bytes", () => {
  const runs = [partsOf(1, 1), partsOf(0, 6)].map((parts) => ({ work: workOf(parts), seconds: secondsOf(parts) }));

  const shares = sharesOf(runs);

  expect(shares.jacobians).toEqual({ seconds: 1 / 8, flops: 1 / 8, bytes: 0 });
  expect(shares.products).toEqual({ seconds: 7 / 8, flops: 7 / 8, bytes: 1 });
  expect(PARTS.reduce((sum, part) => sum + shares[part].flops, 0)).toBe(1);
});
