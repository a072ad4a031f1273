import type { FP32, FP64 } from "@slam/float";
import { Arena, bytesFor, kernels } from "@slam/wasm";
import { cosSin } from "./between.ts";
import { upperSize } from "./between-formulas.ts";
import { poseSize } from "./graph.ts";
import type { EdgeTerms, Linearization } from "./linearization.ts";
import { jacobianKernel, residualKernel } from "./linearize.kernel.ts";

type Numbers = Float64Array | Float32Array;

/**
 * The reference's bits from kernels in an arena of their own. Rounding to the format happens where numbers enter the arena; sines and cosines are
 * computed on the way there. Measurements and whitening are copied once.
 *
 * @throws EngineError of @slam/wasm where the engine cannot run, ArenaError where there is no memory.
 */
export function linearizeEngine({ graph, factor, blocks, whitening }: EdgeTerms, format: FP64 | FP32): Linearization {
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
    values: blocks.pattern.colIdx.length * dof * dof,
  };
  const arena = new Arena(
    Object.values(lengths).reduce((sum, n) => sum + bytesFor(format, n), integers.length * bytesFor(Int32Array, edges)),
  );
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
  const values = view(lengths.values);
  place(graph.measurements, edges, z);
  for (let row = 0, into = 0; row < edges * dof; row++) {
    for (let k = row % dof; k < dof; k++) W[into++] = whitening[row * dof + k];
  }
  const at = (array: Numbers | Int32Array): number => arena.address("linearize", array);
  const parameters = [at(from), at(to), edges, at(poses), at(z), at(turns), at(W)] as const;
  const kind = format.name;

  /** into <- the coordinates of so many poses. */
  function place(x: Float64Array, count: number, into: Numbers): void {
    for (let k = 0; k < count; k++) {
      const coordinates = formulas.coordinates(format, x, k * stored);
      for (let c = 0; c < size; c++) into[k * size + c] = coordinates[c];
    }
  }

  function turnOf(x: Float64Array, edge: number): number {
    return turn === undefined ? 0 : turn(format, x, graph.from[edge] * stored, graph.to[edge] * stored, graph.measurements, edge * stored);
  }

  return {
    residual(x, result) {
      place(x, graph.ids.length, poses);
      for (let edge = 0; edge < turns.length / 2; edge++) turns[edge] = turnOf(x, edge);
      kernels(arena, residualKernel, formulas, kind).residual(...parameters, at(r));
      result.set(r);
    },
    jacobian(x, result, events) {
      place(x, graph.ids.length, poses);
      for (let edge = 0; edge < turns.length / 2; edge++) [turns[2 * edge], turns[2 * edge + 1]] = cosSin(format, turnOf(x, edge));
      const { jacobian } = kernels(arena, jacobianKernel, formulas, kind);
      events.overflows += jacobian(...parameters, at(ofFrom), at(ofTo), at(values));
      (result as Numbers).set(values);
    },
  };
}
