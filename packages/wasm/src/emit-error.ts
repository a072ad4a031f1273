import { SlamError } from "@slam/errors";

/**
 * A kernel is put together wrongly: operands of another type, an expression used twice, a local of another function.
 * Found while it is emitted, before anything runs. Try: the message names the instruction.
 */
export class EmitError extends SlamError {
  override readonly name: string = "EmitError";
}
