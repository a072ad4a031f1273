import { type Arena, memoryOf } from "./arena.ts";
import { type Kernel, ModuleBuilder } from "./module-builder.ts";
import { type KernelParameter, keyOf } from "./module-names.ts";
import { type Module, webAssembly } from "./platform.ts";
import { record, shippedOr } from "./shipped-modules.ts";

/** What writes a module. A function of a file, not a closure: modules are kept by its identity and the parameters'. */
export type KernelSource<K extends { readonly [name in keyof K]: Kernel }, A extends readonly KernelParameter[]> = (
  m: ModuleBuilder<K>,
  ...parameters: A
) => void;

const modules = new Map<string, Module>();
const instances = new WeakMap<Arena, Map<string, unknown>>();
const ids = new WeakMap<object, number>();
let lastId = 0;

/**
 * The functions that `source` writes for these parameters, on the memory of the arena. A module is emitted, unless it was shipped, and
 * compiled once for all arenas, and instantiated once in each. Addresses are passed as they are; an i32 result above 2^31 comes back negative: `>>> 0`.
 *
 * @throws EmitError where the source puts a kernel together wrongly.
 */
export function kernels<K extends { readonly [name in keyof K]: Kernel }, const A extends readonly KernelParameter[]>(
  arena: Arena,
  source: KernelSource<K, A>,
  ...parameters: A
): K {
  const emit = (): Uint8Array => {
    const m = new ModuleBuilder<K>();
    source(m, ...parameters);
    return m.bytes();
  };
  record(emit, source, parameters);
  let key = identityOf(source);
  for (const parameter of parameters) {
    key += ` ${typeof parameter === "string" || typeof parameter === "number" ? keyOf(parameter) : identityOf(parameter)}`;
  }
  const inArena = getOrMake(instances, arena, () => new Map<string, unknown>());
  return getOrMake(inArena, key, () => {
    const { Instance, Module } = webAssembly()!;
    const module = getOrMake(modules, key, () => new Module(shippedOr(emit, source, parameters)));
    return new Instance(module, { arena: { memory: memoryOf(arena) } }).exports;
  }) as K;
}

function identityOf(object: object): string {
  return `#${getOrMake(ids, object, () => ++lastId)}`;
}

function getOrMake<Key, Value>(
  map: { get(key: Key): Value | undefined; set(key: Key, value: Value): unknown },
  key: Key,
  make: () => Value,
): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
