import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectClose } from "../expect-close.ts";
import { exponential, identityMatrix, product } from "../matrix.ts";

type Unary = (x: Float64Array, xo: number, out: Float64Array, o: number) => void;
type Binary = (x: Float64Array, xo: number, y: Float64Array, yo: number, out: Float64Array, o: number) => void;

/** What the laws need of a matrix Lie group on flat fp64 arrays; tangents are [translation; rotation], and in Sim(3), which has 7, the logarithm of the scale. */
export interface Group {
  readonly name: string;
  readonly size: number;
  readonly dof: number;
  readonly pointSize: number;
  readonly matrixSize: number;
  readonly identity: (out: Float64Array, o: number) => void;
  readonly normalize: Unary;
  readonly compose: Binary;
  readonly inverse: Unary;
  readonly relative: Binary;
  readonly exp: Unary;
  readonly log: Unary;
  readonly retract: Binary;
  readonly local: Binary;
  readonly act: Binary;
  readonly adjoint: Unary;
  readonly hat: Unary;
  readonly vee: Unary;
  readonly toMatrix: Unary;
  readonly fromMatrix: Unary;
  readonly leftJacobian: Unary;
  readonly rightJacobian: Unary;
  readonly leftJacobianInverse: Unary;
  readonly rightJacobianInverse: Unary;
}

/**
 * The axioms of a group, of its exponential and of its Jacobians, on rotations up to pi, translations up to 10 and scales of 1/3 to 3; angles of exactly 0,
 * near 0 and near pi are drawn often, and so are logarithms of the scale of exactly 0 and near it.
 *
 * @param tolerance bound on every error, relative to the largest entry compared; difference quotients may err by 10 tolerance^(2/3).
 */
export function groupLaws(group: Group, tolerance: number): void {
  const { size, dof, pointSize, matrixSize: n } = group;
  const identity = written(size, group.identity);
  const normalize = unary(group.normalize, size);
  const compose = binary(group.compose, size);
  const inverse = unary(group.inverse, size);
  const relative = binary(group.relative, size);
  const exp = unary(group.exp, size);
  const log = unary(group.log, dof);
  const retract = binary(group.retract, size);
  const local = binary(group.local, dof);
  const act = binary(group.act, pointSize);
  const adjoint = unary(group.adjoint, dof * dof);
  const hat = unary(group.hat, n * n);
  const vee = unary(group.vee, dof);
  const matrix = unary(group.toMatrix, n * n);
  const fromMatrix = unary(group.fromMatrix, size);

  const xi = tangents(group);
  const x = xi.map(exp);
  const p = fc.tuple(...Array.from({ length: pointSize }, () => coordinate)).map((c) => Float64Array.from(c));

  /** Two elements are equal when their matrices are: a quaternion and its negative are one rotation. */
  const same = (actual: Float64Array, expected: Float64Array): void => expectClose(matrix(actual), matrix(expected), tolerance);
  const close = (actual: Float64Array, expected: Float64Array): void => expectClose(actual, expected, tolerance);

  describe(`${group.name} is a group`, () => {
    law("with a neutral element", [x], (a) => {
      same(compose(identity, a), a);
      same(compose(a, identity), a);
    });
    law("with inverses", [x], (a) => {
      same(compose(a, inverse(a)), identity);
      same(compose(inverse(a), a), identity);
    });
    law("and associative", [x, x, x], (a, b, c) => same(compose(compose(a, b), c), compose(a, compose(b, c))));
    law("of matrices", [x, x], (a, b) => close(matrix(compose(a, b)), product(matrix(a), matrix(b), n)));
    law("where relative(A, B) is A^-1 B", [x, x], (a, b) => same(relative(a, b), compose(inverse(a), b)));
    law("whose elements come back from their matrices", [x], (a) => close(fromMatrix(matrix(a)), normalize(a)));
    law("whose representatives are stable", [x], (a) => {
      same(normalize(a), a);
      expect(normalize(normalize(a))).toEqual(normalize(a));
    });
    law("acting on points as its matrices do", [x, x, p], (a, b, q) => {
      close(act(compose(a, b), q), act(a, act(b, q)));
      const homogeneous = n > pointSize ? Float64Array.of(...q, 1) : q;
      close(act(a, q), product(matrix(a), homogeneous, n).subarray(0, pointSize));
    });
  });

  describe(`the exponential of ${group.name}`, () => {
    law("is the matrix exponential of hat", [xi], (v) => close(matrix(exp(v)), exponential(hat(v), n)));
    law("is inverted by log", [xi], (v) => close(log(exp(v)), v));
    law("inverts log", [x], (a) => same(exp(log(a)), a));
    law("gives retract and local", [x, xi], (a, v) => {
      same(retract(a, v), compose(a, exp(v)));
      close(local(a, retract(a, v)), v);
    });
    law("commutes with the adjoint", [x, xi], (a, v) => same(compose(a, exp(v)), compose(exp(product(adjoint(a), v, dof)), a)));
    law("has a multiplicative adjoint", [x, x], (a, b) => close(adjoint(compose(a, b)), product(adjoint(a), adjoint(b), dof)));
    law("takes what vee returns from hat", [xi], (v) => expectClose(vee(hat(v)), v, 0));
  });

  describe(`the Jacobians of ${group.name}`, () => {
    const left = unary(group.leftJacobian, dof * dof);
    const right = unary(group.rightJacobian, dof * dof);
    const leftInverse = unary(group.leftJacobianInverse, dof * dof);
    const rightInverse = unary(group.rightJacobianInverse, dof * dof);
    const bound = 10 * tolerance ** (2 / 3);

    law("are the derivative of exp", [xi], (v) => {
      const back = inverse(exp(v));
      const leftStep = (w: Float64Array): Float64Array => log(compose(exp(w), back));
      const rightStep = (w: Float64Array): Float64Array => log(compose(back, exp(w)));
      expectClose(left(v), differences(leftStep, v), bound);
      expectClose(right(v), differences(rightStep, v), bound);
    });
    law("are inverted by their inverses", [xi], (v) => {
      close(product(leftInverse(v), left(v), dof), identityMatrix(dof));
      close(product(rightInverse(v), right(v), dof), identityMatrix(dof));
    });
    law("differ by the adjoint", [xi], (v) => close(left(v), product(adjoint(exp(v)), right(v), dof)));
    law("of opposite sides are of opposite tangents", [xi], (v) => {
      const opposite = v.map((c) => -c);
      close(right(v), left(opposite));
      close(rightInverse(v), leftInverse(opposite));
    });
  });

  describe(`${group.name} in place`, () => {
    law("gives the same bits", [x, x, xi, p], (a, b, v, q) => {
      expectSameInPlace(group.normalize, a, size);
      expectSameInPlace(group.inverse, a, size);
      expectSameInPlace(group.log, a, dof);
      expectSameInPlace(group.exp, v, size);
      expectSameInPlace2(group.compose, a, b, size);
      expectSameInPlace2(group.relative, a, b, size);
      expectSameInPlace2(group.local, a, b, dof);
      expectSameInPlace2(group.retract, a, v, size);
      expectSameInPlace2(group.act, a, q, pointSize);
    });
  });
}

const coordinate = fc.double({ min: -10, max: 10, noNaN: true });

const angle = fc.oneof(
  fc.double({ min: 0, max: 3.1, noNaN: true }),
  fc.constant(0),
  fc.integer({ min: 1, max: 200 }).map((k) => 10 ** -k),
  fc.integer({ min: 1, max: 9 }).map((k) => Math.PI - 10 ** -k),
);

const logScale = fc.oneof(
  fc.double({ min: -1.1, max: 1.1, noNaN: true }),
  fc.constant(0),
  fc.tuple(fc.constantFrom(-1, 1), fc.integer({ min: 1, max: 200 })).map(([sign, k]) => sign * 10 ** -k),
);

const axis = fc
  .tuple(coordinate, coordinate, coordinate)
  .map((a) => ({ a, norm: Math.hypot(...a) }))
  .filter(({ norm }) => norm > 0.1)
  .map(({ a, norm }) => a.map((c) => c / norm));

function tangents(group: Group): fc.Arbitrary<Float64Array> {
  const planar = group.pointSize === 2;
  const rotation = planar
    ? fc.tuple(fc.constantFrom(-1, 1), angle).map(([sign, theta]) => [sign * theta])
    : fc.tuple(axis, angle).map(([a, theta]) => a.map((c) => c * theta));
  const scaled = group.dof === 7;
  const translation = fc.tuple(...Array.from({ length: group.dof - (planar ? 1 : 3) - (scaled ? 1 : 0) }, () => coordinate));
  const scale = scaled ? logScale.map((sigma) => [sigma]) : fc.constant([]);
  return fc.tuple(translation, rotation, scale).map(([t, r, s]) => Float64Array.of(...t, ...r, ...s));
}

function law(name: string, values: readonly fc.Arbitrary<Float64Array>[], check: (...drawn: Float64Array[]) => void): void {
  test(name, () => {
    fc.assert(
      fc.property(fc.tuple(...values), (drawn) => {
        check(...drawn);
      }),
    );
  });
}

/** d/dxi f(xi + .) at 0 by central differences, dof x dof. */
function differences(f: (xi: Float64Array) => Float64Array, xi: Float64Array): Float64Array {
  const dof = xi.length;
  const step = 2 ** -17;
  const jacobian = new Float64Array(dof * dof);
  for (let k = 0; k < dof; k++) {
    const ahead = f(xi.with(k, xi[k] + step));
    const behind = f(xi.with(k, xi[k] - step));
    const width = xi[k] + step - (xi[k] - step);
    for (let i = 0; i < dof; i++) jacobian[i * dof + k] = (ahead[i] - behind[i]) / width;
  }
  return jacobian;
}

/** The operation on values: its arrays have NaN around what is read and written, which must stay. */
function unary(op: Unary, length: number): (x: Float64Array) => Float64Array {
  return (x) => written(length, (out, o) => op(padded(x, 2), 2, out, o));
}

function binary(op: Binary, length: number): (x: Float64Array, y: Float64Array) => Float64Array {
  return (x, y) => written(length, (out, o) => op(padded(x, 2), 2, padded(y, 1), 1, out, o));
}

function written(length: number, write: (out: Float64Array, o: number) => void): Float64Array {
  const out = new Float64Array(length + 5).fill(NaN);
  write(out, 3);
  const outside = [...out.subarray(0, 3), ...out.subarray(3 + length)];
  if (!outside.every(Number.isNaN)) expect.fail(`wrote outside its ${length} numbers: ${outside}`);
  return out.slice(3, 3 + length);
}

function padded(x: Float64Array, before: number): Float64Array {
  return Float64Array.of(...new Array<number>(before).fill(NaN), ...x, NaN);
}

/** op(x) into x's own place, which has room for an element, gives what it gives elsewhere. */
function expectSameInPlace(op: Unary, x: Float64Array, length: number): void {
  const own = padded(x, 2);
  op(own, 2, own, 2);
  expect(own.slice(2, 2 + length)).toEqual(unary(op, length)(x));
}

function expectSameInPlace2(op: Binary, x: Float64Array, y: Float64Array, length: number): void {
  const expected = binary(op, length)(x, y);
  const first = padded(x, 2);
  op(first, 2, padded(y, 1), 1, first, 2);
  expect(first.slice(2, 2 + length)).toEqual(expected);
  const second = padded(y, 1);
  op(padded(x, 2), 2, second, 1, second, 1);
  expect(second.slice(1, 1 + length)).toEqual(expected);
}
