import type { AnyPrecision, RoundingEvents } from "@slam/float";
import { newArrays, type Scratch } from "@slam/linop";
import { bsrMatrix } from "@slam/sparse";
import type { ArenaPool } from "@slam/wasm";
import { BundleJacobian, jacobianArena, jacobianBytes } from "./jacobian.ts";
import { JacobianBlocks } from "./jacobian-blocks.ts";
import { type Evaluated, jacobianEngine, type Linearised } from "./jacobian-engine.ts";
import { isNumbers } from "./number-format.ts";
import type { Observer } from "./observer.ts";

/**
 * By a kernel where there is one for the model, by the observer's derivatives otherwise, in an arena with the engine's products where the format is fp64 or fp32: all with the same bits.
 *
 * @param observer of the bundle.
 * @param events counts what is rounded away where no kernel writes J.
 * @param scratch what is evaluated at a time is taken from there, where no kernel writes J. Default new arrays.
 */
export function newJacobian(
  of: Linearised,
  observer: Observer,
  format: AnyPrecision,
  arenas: ArenaPool,
  events?: RoundingEvents,
  scratch: Scratch = newArrays,
): Evaluated {
  const { bundle, groups, patterns } = of;
  if (isNumbers(format) && bundle.model.formulas !== undefined && bundle.information === undefined) {
    return jacobianEngine(of, format, arenas);
  }
  const J = isNumbers(format)
    ? jacobianArena(patterns, format, arenas.take(jacobianBytes(patterns, format))).J
    : new BundleJacobian(patterns.map((pattern) => bsrMatrix(pattern, format)));
  const blocks = new JacobianBlocks(observer, groups, scratch);
  return { J, evaluate: (moved) => blocks.write(moved, J.parts, events) };
}
