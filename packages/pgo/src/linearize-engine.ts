import { type AnyPrecision, type FP32, type FP64, fp64 } from "@slam/float";
import { bsrMatrix, packedBsr, packedBytes, packPattern } from "@slam/sparse";
import { type ArenaPool, bytesFor, kernels, nameForModules } from "@slam/wasm";
import { type BetweenFormulas, upperSize } from "./between-formulas.ts";
import { betweenSe2 } from "./between-se2.ts";
import { betweenSe3 } from "./between-se3.ts";
import { coordinatesBytes, coordinatesEngine, ITEMS_A_CALL, type Numbers } from "./coordinates-engine.ts";
import { BsrJacobian, packedProducts } from "./jacobian.ts";
import type { EdgeTerms, Linearization } from "./linearization.ts";
import { jacobianKernel, residualKernel } from "./linearize.kernel.ts";

nameForModules("pgo", { residualKernel, jacobianKernel, betweenSe2: betweenSe2.formulas, betweenSe3: betweenSe3.formulas });

/** from, to, how many, poses, z, turns, whitening */
type EdgeAddresses = readonly [number, number, number, number, number, number, number];

/**
 * The reference's bits from kernels in an arena of their own. Rounding to the format happens where numbers enter the arena. Measurements and whitening
 * are copied once. The factor has formulas.
 *
 * @throws EngineError of @slam/wasm where the engine cannot run, ArenaError where there is no memory.
 */
export function linearizeEngine({ graph, factor, blocks, whitening }: EdgeTerms, format: FP64 | FP32, arenas: ArenaPool): Linearization {
  const formulas = factor.formulas as BetweenFormulas;
  const { dof, size } = formulas;
  const edges = graph.from.length;
  const integers = [graph.from, graph.to, blocks.ofFrom, blocks.ofTo];
  const { pattern } = blocks;
  const cols = pattern.blockCols * dof;
  const arena = arenas.take(
    coordinatesBytes(graph, formulas, format) +
      integers.length * bytesFor(Int32Array, edges) +
      bytesFor(format, edges * upperSize(dof)) +
      packedBytes(pattern, format) +
      bytesFor(fp64, pattern.blockRows * dof) +
      2 * bytesFor(fp64, cols),
  );
  const [from, to, ofFrom, ofTo] = integers.map((indices) => arena.copy(indices));
  const coordinates = coordinatesEngine(graph, formulas, format, arena, from, to);
  const { poses, z, turns } = coordinates;
  const W = arena.uncleared(format.Storage as typeof Float64Array, edges * upperSize(dof)) as Numbers;
  const packed = packedBsr(packPattern(pattern, arena), format as AnyPrecision);
  const values = packed.values as unknown as Numbers;
  const row = arena.view(fp64, pattern.blockRows * dof);
  const products = packedProducts(packed, row, arena.view(fp64, cols), arena.view(fp64, cols));
  // Where a product has its vector: neither lasts longer than a call.
  const r = new (format.Storage as typeof Float64Array)(row.buffer, row.byteOffset, edges * dof);
  W.set(whitening);
  const at = (array: Numbers | Int32Array): number => arena.address("linearize", array);
  const { BYTES_PER_ELEMENT: bytes } = format.Storage;

  /** Calls with the addresses for so many edges at a time. A turn is one number per edge for residuals, two for Jacobians. */
  function forEachChunk(perTurn: 1 | 2, run: (parameters: EdgeAddresses, first: number) => void): void {
    for (let first = 0; first < edges; first += ITEMS_A_CALL) {
      const parameters: EdgeAddresses = [
        at(from) + 4 * first,
        at(to) + 4 * first,
        Math.min(ITEMS_A_CALL, edges - first),
        at(poses),
        at(z) + size * bytes * first,
        at(turns) + perTurn * bytes * first,
        at(W) + upperSize(dof) * bytes * first,
      ];
      run(parameters, first);
    }
  }

  return {
    residual(x, result) {
      coordinates.atAngles(x);
      const { residual } = kernels(arena, residualKernel, formulas, format.name);
      forEachChunk(1, (parameters, first) => residual(...parameters, at(r) + dof * bytes * first));
      result.set(r);
    },
    jacobian(x, events) {
      coordinates.atDirections(x);
      const { jacobian } = kernels(arena, jacobianKernel, formulas, format.name);
      forEachChunk(2, (parameters, first) => {
        events.overflows += jacobian(...parameters, at(ofFrom) + 4 * first, at(ofTo) + 4 * first, at(values));
      });
      return new BsrJacobian(bsrMatrix<AnyPrecision>(pattern, format, packed.values), products);
    },
  };
}
