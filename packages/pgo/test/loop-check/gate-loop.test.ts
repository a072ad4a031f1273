import { OptionError } from "@slam/errors";
import { expect, test } from "vitest";
import { gateLoop } from "../../src/loop-check/gate-loop.ts";
import { isMarginals, type Marginals, recoverMarginals } from "../../src/marginals.ts";
import { line } from "./line.ts";

function odometry(): Marginals {
  const marginals = recoverMarginals(line(3));
  if (!isMarginals(marginals)) throw new Error("singular");
  return marginals;
}

/** From the first to the third pose: so many metres straight ahead, 0.2 m off. */
function loop(metres: number): Parameters<typeof gateLoop>[1] {
  return { from: 0, to: 2, measurement: Float64Array.of(metres, 0, 0), information: Float64Array.of(25, 0, 0, 1e6, 0, 1e6) };
}

test("two steps of 0.1 m and a loop of 0.2 m let 1.1 m pass, and not 1.2 m", () => {
  const marginals = odometry();

  const [near, far] = [loop(3.1), loop(3.2)].map((candidate) => gateLoop(marginals, candidate));

  // Variances 0.01 + 0.01 + 0.04; the quantile of 0.9999 is 21.1.
  expect(near).toEqual({ squared: expect.closeTo(1.21 / 0.06, 8), dof: 3, bound: expect.closeTo(21.1075, 4), isConsistent: true });
  expect(far).toMatchObject({ squared: expect.closeTo(1.44 / 0.06, 8), isConsistent: false });
});

test("a smaller quantile lets less pass", () => {
  expect(gateLoop(odometry(), loop(3.1), 0.99)).toMatchObject({ bound: expect.closeTo(11.3449, 4), isConsistent: false });
});

test("the bound is that of the directions in which the loop says something; without any, nothing speaks against it", () => {
  const along = { ...loop(5), information: Float64Array.of(25, 0, 0, 0, 0, 0) };
  const silent = { ...loop(5), information: new Float64Array(6) };

  expect(gateLoop(odometry(), along)).toMatchObject({ dof: 1, bound: expect.closeTo(15.1367, 4), isConsistent: false });
  expect(gateLoop(odometry(), silent)).toEqual({ squared: 0, dof: 0, bound: 0, isConsistent: true });
});

test("a quantile that is none is refused", () => {
  expect(() => gateLoop(odometry(), loop(2), 1)).toThrow(OptionError);
});
