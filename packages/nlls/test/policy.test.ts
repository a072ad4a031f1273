import { OptionError } from "@slam/errors";
import { bf16, fp16, fp32, fp64 } from "@slam/float";
import { describe, expect, test } from "vitest";
import { chooseBySize, OPERATIONS, type Policy, type PresetName, parsePolicy, presetPolicy } from "../src/policy.ts";

function names(policy: Policy): { readonly [operation: string]: string } {
  return Object.fromEntries(OPERATIONS.map((operation) => [operation, policy[operation].name]));
}

const everything = (format: string): { readonly [operation: string]: string } => {
  return { update: format, residual: format, jacobian: format, matvec: format, factorize: format, precondition: format, vectors: format };
};
const fp32Names = { ...everything("fp32"), update: "fp64", residual: "fp64" };

describe("presetPolicy", () => {
  const presets: readonly { preset: PresetName; expected: { readonly [operation: string]: string } }[] = [
    { preset: "fp64", expected: everything("fp64") },
    { preset: "fp32", expected: fp32Names },
    { preset: "mixed", expected: fp32Names },
    { preset: "half", expected: { ...everything("fp16/fp16"), update: "fp64", residual: "fp64", factorize: "fp16" } },
    { preset: "naive", expected: everything("fp16/fp16") },
  ];

  test.each(presets)("$preset", ({ preset, expected }) => {
    const policy = presetPolicy(preset, ["precondition"]);

    expect(policy.name).toBe(preset);
    expect(names(policy)).toEqual(expected);
  });

  test("stores fp16 under fp32 arithmetic, or rounds every operation", () => {
    expect(presetPolicy("half").precondition).toMatchObject({ storage: fp16, arithmetic: fp16 });
    expect(presetPolicy("half").factorize).toMatchObject({ storage: fp16, arithmetic: fp32 });
  });

  test("refuses a name that is none", () => {
    expect(() => presetPolicy("double" as "fp64")).toThrow(OptionError);
    expect(() => presetPolicy("double" as "fp64")).toThrow('policy is "double", expected one of fp64, fp32, mixed, half, naive');
  });
});

describe("chooseBySize", () => {
  const MB = 2 ** 20;

  test("stores in fp16 what is larger than the limit in fp32, and no more than mixed may", () => {
    const mixed = presetPolicy("mixed", ["precondition", "matvec"]);

    const chosen = chooseBySize(mixed, { precondition: 2 * MB + 4, matvec: 2 * MB, factorize: 100 * MB }, 2 * MB);

    expect(names(chosen)).toEqual({ ...fp32Names, precondition: "fp16" });
    expect(chosen.precondition).toMatchObject({ storage: fp16, arithmetic: fp32 });
    expect(chosen.bySize).toBeUndefined();
  });

  test("leaves what other policies say", () => {
    expect(names(chooseBySize(presetPolicy("fp32", ["matvec"]), { matvec: 9 * MB }, MB))).toEqual(fp32Names);
  });

  test("leaves the formats asked for by name", () => {
    const policy = parsePolicy({ precondition: "fp32", matvec: "bf16" }, ["precondition", "matvec"]);

    expect(names(chooseBySize(policy, { precondition: 9 * MB, matvec: 1 }, MB))).toEqual({ ...fp32Names, matvec: "bf16" });
  });
});

describe("parsePolicy", () => {
  test("takes what is not named from mixed", () => {
    const policy = parsePolicy({ jacobian: "fp64" }, ["precondition"]);

    expect(policy.name).toBe("custom");
    expect(names(policy)).toEqual({ ...fp32Names, jacobian: "fp64" });
    expect(policy.bySize).toEqual(["precondition"]);
  });

  test("takes what is not named from the preset it names", () => {
    const policy = parsePolicy({ name: "mine", preset: "fp64", precondition: "bf16", matvec: "fp16/fp16" });

    expect(policy.name).toBe("mine");
    expect(names(policy)).toEqual({ ...everything("fp64"), precondition: "bf16", matvec: "fp16/fp16" });
  });

  test.each(["fp64", "fp32", "fp16", "bf16", "e4m3", "e5m2", "fp16/fp16", "bf16/fp64", "fp64/fp32"])("knows %s", (format) => {
    expect(parsePolicy({ vectors: format }).vectors.name).toBe(format);
  });

  test("computes in the wider of the storage and fp32 unless told otherwise", () => {
    expect(parsePolicy({ vectors: "bf16" }).vectors).toMatchObject({ storage: bf16, arithmetic: fp32 });
    expect(parsePolicy({ vectors: "fp64" }).vectors).toMatchObject({ storage: fp64, arithmetic: fp64 });
    expect(parsePolicy({ vectors: "bf16/fp64" }).vectors).toMatchObject({ storage: bf16, arithmetic: fp64 });
    expect(parsePolicy({ vectors: "bf16/fp32" }).vectors.name).toBe("bf16");
  });

  test("understands the names a policy is shown with", () => {
    for (const preset of ["fp64", "fp32", "half", "naive"] as const) {
      const policy = presetPolicy(preset, ["matvec"]);

      expect(parsePolicy({ name: preset, preset: "fp64", ...names(policy) })).toEqual(policy);
    }
  });

  test("makes a float of one's own", () => {
    const { storage, arithmetic } = parsePolicy({ precondition: { exponentBits: 5, significandBits: 7 } }).precondition;

    expect(storage).toMatchObject({ name: "e5p7", significandBits: 7, maxFinite: 65024 });
    expect(storage.round(1 + 1 / 64 + 1 / 128)).toBe(1 + 1 / 32);
    expect(arithmetic).toBe(fp32);
  });

  test("gives it a name, no infinities, saturation", () => {
    const own = { name: "fp8", exponentBits: 4, significandBits: 4, infinities: false, saturate: true };

    const { storage } = parsePolicy({ matvec: own }).matvec;

    expect(storage.name).toBe("fp8");
    expect(storage.round(1e9)).toBe(448);
  });

  test("takes one's own as storage, as arithmetic, or as both", () => {
    const own = { exponentBits: 6, significandBits: 9 };

    const { matvec, vectors } = parsePolicy({ matvec: { storage: own }, vectors: { storage: "fp16", arithmetic: own } });

    expect(matvec.name).toBe("e6p9");
    expect(matvec.arithmetic).toBe(fp32);
    expect(vectors.name).toBe("fp16/e6p9");
    expect(vectors.arithmetic.round(1 + 1 / 512)).toBe(1);
  });

  test.each([
    [null, "policy is"],
    ["fp64", "policy is"],
    [["fp64"], "policy is"],
    [{ preset: "double" }, 'policy.preset is "double", expected one of fp64'],
    [{ preset: ["fp64"] }, "policy"],
    [{ name: 5 }, "policy.name is 5, expected a string"],
    [{ matVec: "fp16" }, 'policy: field is "matVec", expected one of update, residual'],
    [{ matvec: "fp17" }, 'policy.matvec is "fp17", expected one of fp64'],
    [{ matvec: "fp16/fp17" }, 'policy.matvec is "fp17"'],
    [{ matvec: "" }, 'policy.matvec is ""'],
    [{ matvec: "fp16/" }, 'policy.matvec is ""'],
    [{ matvec: "fp16/fp16/fp16" }, "policy.matvec is"],
    [{ matvec: "constructor" }, 'policy.matvec is "constructor"'],
    [{ matvec: 16 }, "policy.matvec is 16, expected the name of a format or an object"],
    [{ matvec: null }, "policy.matvec is null"],
    [{ matvec: { storage: "fp17" } }, 'policy.matvec.storage is "fp17"'],
    [{ matvec: { storage: "fp16", arithmetic: 32 } }, "policy.matvec.arithmetic is 32"],
    [{ matvec: { storage: "fp16", arithmetics: "fp32" } }, 'policy.matvec: field is "arithmetics", expected one of storage, arithmetic'],
    [{ matvec: { arithmetic: "fp16" } }, 'policy.matvec: field is "arithmetic"'],
    [{ matvec: { exponentBits: 5, significandBits: 7, bits: 12 } }, 'policy.matvec: field is "bits"'],
    [{ matvec: { significandBits: 7 } }, "policy.matvec.exponentBits is undefined, expected an integer in 2 ... 10"],
    [{ matvec: { exponentBits: "5", significandBits: 7 } }, 'policy.matvec.exponentBits is "5"'],
    [{ matvec: { exponentBits: 11, significandBits: 4 } }, "policy.matvec.exponentBits is 11"],
    [{ matvec: { exponentBits: 5, significandBits: 12 } }, "policy.matvec.significandBits is 12, expected an integer in 2 ... 11"],
    [{ matvec: { storage: { exponentBits: 5, significandBits: 1 } } }, "policy.matvec.storage.significandBits is 1"],
    [{ matvec: { exponentBits: 5, significandBits: 7, infinities: "no" } }, 'policy.matvec.infinities is "no", expected true or false'],
    [{ matvec: { exponentBits: 5, significandBits: 7, saturate: 1 } }, "policy.matvec.saturate is 1"],
    [
      { matvec: { name: "fp16", exponentBits: 5, significandBits: 7 } },
      'policy.matvec.name is "fp16", expected a string that names no other',
    ],
    [{ matvec: { name: 5, exponentBits: 5, significandBits: 7 } }, "policy.matvec.name is 5"],
  ])("refuses %j and names the field", (json, message) => {
    expect(() => parsePolicy(json)).toThrow(OptionError);
    expect(() => parsePolicy(json)).toThrow(message);
  });
});
