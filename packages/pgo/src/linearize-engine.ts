import { type AnyPrecision, type FP32, type FP64, fp64, writeCosSin } from "@slam/float";
import { bsrMatrix, packedBsr, packedBytes, packPattern } from "@slam/sparse";
import { type ArenaPool, bytesFor, kernels } from "@slam/wasm";
import { upperSize } from "./between-formulas.ts";
import { poseSize } from "./graph.ts";
import { BsrJacobian, packedProducts } from "./jacobian.ts";
import type { EdgeTerms, Linearization } from "./linearization.ts";
import { jacobianKernel, residualKernel } from "./linearize.kernel.ts";

type Numbers = Float64Array | Float32Array;

/** from, to, how many, poses, z, turns, whitening */
type EdgeAddresses = readonly [number, number, number, number, number, number, number];

/** A kernel called often reaches the engine's optimised code within one evaluation. */
const EDGES_A_CALL = 512;

/**
 * The reference's bits from kernels in an arena of their own. Rounding to the format happens where numbers enter the arena; sines and cosines are
 * computed on the way there. Measurements and whitening are copied once.
 *
 * @throws EngineError of @slam/wasm where the engine cannot run, ArenaError where there is no memory.
 */
export function linearizeEngine({ graph, factor, blocks, whitening }: EdgeTerms, format: FP64 | FP32, arenas: ArenaPool): Linearization {
  const { formulas } = factor;
  const { dof, size, turn } = formulas;
  const edges = graph.from.length;
  const stored = poseSize(graph);
  const integers = [graph.from, graph.to, blocks.ofFrom, blocks.ofTo];
  const lengths = {
    poses: graph.ids.length * size,
    z: edges * size,
    turns: turn === undefined ? 0 : 2 * edges,
    whitening: edges * upperSize(dof),
    r: edges * dof,
  };
  const { pattern } = blocks;
  const cols = pattern.blockCols * dof;
  const ofIntegers = integers.length * bytesFor(Int32Array, edges);
  const ofProducts = packedBytes(pattern, format) + bytesFor(fp64, edges * dof) + bytesFor(fp64, cols);
  const arena = arenas.take(Object.values(lengths).reduce((sum, n) => sum + bytesFor(format, n), ofIntegers + ofProducts));
  const view = (n: number): Numbers => arena.view(format.Storage as typeof Float64Array, n);
  const [from, to, ofFrom, ofTo] = integers.map((indices) => {
    const copy = arena.view(Int32Array, edges);
    copy.set(indices);
    return copy;
  });
  const poses = view(lengths.poses);
  const z = view(lengths.z);
  const turns = view(lengths.turns);
  const W = view(lengths.whitening);
  const r = view(lengths.r);
  const packed = packedBsr(packPattern(pattern, arena), format as AnyPrecision);
  const values = packed.values as unknown as Numbers;
  const products = packedProducts(packed, arena.view(fp64, edges * dof), arena.view(fp64, cols));
  place(graph.measurements, edges, z);
  for (let row = 0, into = 0; row < edges * dof; row++) {
    for (let k = row % dof; k < dof; k++) W[into++] = whitening[row * dof + k];
  }
  const at = (array: Numbers | Int32Array): number => arena.address("linearize", array);
  const direction = new Float64Array(2);
  const evaluate = kernels(arena, residualKernel, formulas, format.name).residual;
  const differentiate = kernels(arena, jacobianKernel, formulas, format.name).jacobian;
  const { BYTES_PER_ELEMENT: bytes } = format.Storage;

  /** Calls with the addresses for so many edges at a time. A turn is one number per edge for residuals, two for Jacobians. */
  function forEachChunk(perTurn: 1 | 2, run: (parameters: EdgeAddresses, first: number) => void): void {
    for (let first = 0; first < edges; first += EDGES_A_CALL) {
      const parameters: EdgeAddresses = [
        at(from) + 4 * first,
        at(to) + 4 * first,
        Math.min(EDGES_A_CALL, edges - first),
        at(poses),
        at(z) + size * bytes * first,
        at(turns) + perTurn * bytes * first,
        at(W) + upperSize(dof) * bytes * first,
      ];
      run(parameters, first);
    }
  }

  /** into <- the coordinates of so many poses. */
  function place(x: Float64Array, count: number, into: Numbers): void {
    // What enters the arena is rounded by its arrays; [x y theta] besides becomes [x y cos sin].
    if (size === stored) into.set(x);
    else for (let k = 0; k < count; k++) formulas.coordinates(format, x, k * stored, into, k * size);
  }

  function turnOf(x: Float64Array, edge: number): number {
    return turn === undefined ? 0 : turn(format, x, graph.from[edge] * stored, graph.to[edge] * stored, graph.measurements, edge * stored);
  }

  return {
    residual(x, result) {
      place(x, graph.ids.length, poses);
      for (let edge = 0; edge < turns.length / 2; edge++) turns[edge] = turnOf(x, edge);
      forEachChunk(1, (parameters, first) => evaluate(...parameters, at(r) + dof * bytes * first));
      result.set(r);
    },
    jacobian(x, events) {
      place(x, graph.ids.length, poses);
      for (let edge = 0; edge < turns.length / 2; edge++) {
        writeCosSin(turnOf(x, edge), direction, 0);
        turns[2 * edge] = direction[0];
        turns[2 * edge + 1] = direction[1];
      }
      forEachChunk(2, (parameters, first) => {
        events.overflows += differentiate(...parameters, at(ofFrom) + 4 * first, at(ofTo) + 4 * first, at(values));
      });
      return new BsrJacobian(bsrMatrix<AnyPrecision>(pattern, format, packed.values), products);
    },
  };
}
