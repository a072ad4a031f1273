import { errorOfProduct } from "./exact.ts";
import { biasedExponent, nearestInteger, powerOfTwo, significand } from "./rounding.ts";

/** ln 2 in 42 bits, so that 11-bit multiples are exact, and the rest. */
const LN2 = 0.6931471805598903;
const LN2_LO = 5.497923018708371e-14;

/** e^x, within 1 ulp of the exact value; 0 and infinity where it under- or overflows. The same bits in every engine. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x > 710) return Infinity;
  if (x < -746) return 0;
  // x = n ln 2 + r + t, |r| <= ln(2) / 2
  const n = nearestInteger(x * Math.LOG2E);
  const near = x - n * LN2;
  const r = near - n * LN2_LO;
  const t = near - r - n * LN2_LO;
  // e^r = 1 + r + r^2 Q(r); Q is minimax by Remez' exchange, relative error of the whole 2^-60.
  const q =
    0.5 +
    r *
      (0.16666666666666682 +
        r *
          (0.041666666666666095 +
            r *
              (0.008333333333317034 +
                r *
                  (0.0013888888889115661 +
                    r *
                      (0.00019841269896384538 +
                        r *
                          (2.480158692656614e-5 +
                            r *
                              (2.7557234861219173e-6 +
                                r * (2.7557581903601765e-7 + r * (2.511203707555816e-8 + r * 2.0826610685778486e-9)))))))));
  const hi = 1 + r;
  const lo = r - (hi - 1);
  const power = hi + (lo + (r * r * q + t * hi));
  // In two steps, because 2^n itself may be out of range; only the last one can round.
  const half = n >> 1;
  return power * powerOfTwo(half) * powerOfTwo(n - half);
}

/** The natural logarithm, within 1 ulp of the exact value; -infinity at 0, NaN below. The same bits in every engine. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return Infinity;
  if (x < 2 ** -1022) return logOfNormal(x * 2 ** 54, -54);
  return logOfNormal(x, 0);
}

/** log(x 2^shift). */
function logOfNormal(x: number, shift: number): number {
  // x = 2^k (1 + f), 1 + f in [sqrt(1/2), sqrt(2)]
  const m = significand(x);
  const above = m > Math.SQRT2;
  const f = (above ? m / 2 : m) - 1;
  const k = biasedExponent(x) - 1023 + shift + (above ? 1 : 0);
  // log(1 + f) = 2 atanh(s), s + st = f / (2 + f)
  const d = 2 + f;
  const dt = f - (d - 2);
  const s = f / d;
  const p = s * d;
  const st = (f - p - errorOfProduct(s, d, p) - s * dt) / d;
  // 2 atanh s = 2 s + s^3 L(s^2); L is minimax by Remez' exchange, relative error of the whole 2^-60.
  const z = s * s;
  const l =
    0.6666666666666666 +
    z *
      (0.4000000000000625 +
        z *
          (0.2857142856908594 +
            z *
              (0.2222222264678702 +
                z * (0.18181775666388303 + z * (0.1538709071549865 + z * (0.1325011914983125 + z * 0.13251319325618852))))));
  const hi = k * LN2 + 2 * s;
  const lo = 2 * s - (hi - k * LN2);
  return hi + (lo + (k * LN2_LO + (2 * st + s * z * l)));
}
