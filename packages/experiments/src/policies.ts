import { type Policy, parsePolicy, presetPolicy } from "@slam/nlls";

/**
 * The published four, and fp32 to compare time with. "mixed" stores in fp16 what the method does, whatever the size: products by J in bundle adjustment, the
 * preconditioner's factor in pose graphs.
 */
export const POLICIES: readonly ["double", "single", "mixed", "half", "naive"] = ["double", "single", "mixed", "half", "naive"];
export type PolicyName = (typeof POLICIES)[number];

export function policyOf(name: PolicyName, sixteenBit: "matvec" | "precondition"): Policy {
  switch (name) {
    case "double":
      return presetPolicy("fp64");
    case "single":
      return presetPolicy("fp32");
    case "mixed":
      return parsePolicy({ name, preset: "mixed", [sixteenBit]: "fp16" });
    default:
      return presetPolicy(name);
  }
}
