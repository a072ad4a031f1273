import { readBal, writeBal } from "@slam/ba";
import { pinhole } from "@slam/camera";
import { expectClose } from "@slam/testing";
import { describe, expect, test } from "vitest";
import { orbit } from "../orbit.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** One camera turned by a quarter about z that sees two points. */
const SMALL = `1 2 2
0 0 1.5 -2
0 1 0 1e1
0 0 ${Math.PI / 2}
1 2 3
500 -0.1 0.01
0 0 -4
1 1 -5
`;

describe("readBal", () => {
  test("turns P = R X + t into worldFromCamera", () => {
    const { poses, intrinsics, points, camera, point, measurements, model } = readBal(bytes(SMALL));
    const half = Math.SQRT1_2;

    expect(model.name).toBe("snavely");
    expectClose(poses, [-2, 1, -3, 0, 0, -half, half], 1e-15);
    expect([...intrinsics]).toEqual([500, -0.1, 0.01]);
    expect([...points]).toEqual([0, 0, -4, 1, 1, -5]);
    expect([[...camera], [...point], [...measurements]]).toEqual([
      [0, 0],
      [0, 1],
      [1.5, -2, 0, 10],
    ]);
  });

  test.each([
    ["", /problem:1:1: expected the number of cameras/],
    ["1 2\n", /problem:2:1: expected the number of observations, found the end of the file/],
    ["1 2 99999999\n0 0 1 1\n", /at least \d+ bytes for so many/],
    [SMALL.replace("0 1 0 1e1", "0 2 0 1e1"), /problem:3:3: expected the point of observation 1, an integer in 0 ... 1, found 2/],
    [SMALL.replace("0 1 0 1e1", "1 1 0 1e1"), /problem:3:1: expected the camera of observation 1/],
    [SMALL.replace("-0.1", "nan"), /problem:6:5: expected k1 of camera 0, a finite number, found nan/],
    [SMALL.replace("-0.1", "1e999"), /k1 of camera 0, a finite number/],
    [`${SMALL} 7`, /problem:9:2: expected the end of the file, found more of it/],
  ])("refuses %j with its place", (text, message) => {
    expect(() => readBal(bytes(text))).toThrow(message);
  });
});

describe("writeBal", () => {
  test("is read back as it was, poses but for the rounding of the conversions", () => {
    const { bundle } = orbit({ model: readBal(bytes(SMALL)).model, lens: [800, -0.1, 0.02], cameras: 3, points: 5 });
    const back = readBal(bytes([...writeBal(bundle)].join("")));

    expect(back.points).toEqual(bundle.points);
    expect(back.measurements).toEqual(bundle.measurements);
    expect(back.intrinsics).toEqual(bundle.intrinsics);
    for (let c = 0; c < 3; c++) {
      const sign = Math.sign(back.poses[7 * c + 6] * bundle.poses[7 * c + 6]);
      expectClose(back.poses.subarray(7 * c, 7 * c + 3), bundle.poses.subarray(7 * c, 7 * c + 3), 1e-14);
      expectClose(
        back.poses.subarray(7 * c + 3, 7 * c + 7),
        bundle.poses.subarray(7 * c + 3, 7 * c + 7).map((q) => sign * q),
        1e-14,
      );
    }
  });

  test("refuses another camera", () => {
    const { bundle } = orbit({ model: pinhole, lens: [700, 710, 320, 240] });

    expect(() => [...writeBal(bundle)]).toThrow(/writeBal: model is "pinhole", expected snavely/);
  });
});
