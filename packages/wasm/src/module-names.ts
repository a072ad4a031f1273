import { bf16, e4m3, e5m2, f16k, fp16, fp32, fp64 } from "@slam/float";

/** What a module is specialised for: sizes, names, codecs. Objects count by identity. */
export type KernelParameter = string | number | object;

const names = new WeakMap<object, string>();
/** Whose a name is; undefined where two asked for it, and so neither has it. */
const owners = new Map<string, object | undefined>();

/**
 * Gives the sources of kernels, and objects among their parameters, names that hold from one run of a program to the next: where all parts of a
 * module have one, it can be made beforehand (`recordModules`, `shipModules`). A package names what is its own. The formats of @slam/float and their
 * codecs have names already; a module of a nameless format is emitted when it is needed.
 *
 * A name that two different objects ask for, as those of two versions of a package would, is taken from both.
 *
 * @param owner of all names: the package.
 */
export function nameForModules(owner: string, parts: { readonly [name: string]: object }): void {
  for (const [part, object] of Object.entries(parts)) {
    const name = `${owner}/${part}`;
    const other = owners.get(name);
    if (other === object) continue;
    if (owners.has(name)) {
      if (other !== undefined) names.delete(other);
      owners.set(name, undefined);
    } else {
      owners.set(name, object);
      names.set(object, name);
    }
  }
}

/** The name of the module that `source` writes for these parameters; undefined where one of them has none. */
export function moduleName(source: object, parameters: readonly KernelParameter[]): string | undefined {
  let name = names.get(source);
  for (let k = 0; k < parameters.length && name !== undefined; k++) {
    const parameter = parameters[k];
    const own = typeof parameter === "string" || typeof parameter === "number" ? keyOf(parameter) : names.get(parameter);
    name = own && `${name} ${own}`;
  }
  return name;
}

/** Tells texts and numbers apart, whatever a text holds. */
export function keyOf(parameter: string | number): string {
  return typeof parameter === "number" ? String(parameter) : `${parameter.length}:${parameter}`;
}

const formats = { fp64, fp32, fp16, bf16, e4m3, e5m2 };
nameForModules("float", formats);
for (const [format, { lanes }] of Object.entries(formats)) if (lanes !== undefined) nameForModules("float", { [`${format}.lanes`]: lanes });
for (let shift = 0; shift <= 10; shift++) nameForModules("float", { [`f16k.${shift}`]: f16k(65504 / 2 ** shift)! });
