import { type Arena, type ArenaArray, type ArenaArrayConstructor, type ArenaPool, bytesFor } from "@slam/wasm";

/** An array to be placed: so many zeros of a type, or a copy of indices. */
export type Area = readonly [Type: ArenaArrayConstructor<ArenaArray>, length: number] | Int32Array;

/** Arrays in one arena, and where they begin. */
export interface Areas<Name extends string> {
  readonly arena: Arena;
  readonly views: { readonly [name in Name]: ArenaArray };
  readonly at: { readonly [name in Name]: number };
}

/** Places the arrays in their order. @throws ArenaError where the engine has no memory for them. */
export function placeAreas<Name extends string>(arenas: ArenaPool, areas: { readonly [name in Name]: Area }): Areas<Name> {
  const entries = Object.entries<Area>(areas).map(([name, area]) => {
    const [Type, length] = area instanceof Int32Array ? [Int32Array, area.length] : area;
    return { name, area, Type: Type as ArenaArrayConstructor<ArenaArray>, length };
  });
  const arena = arenas.take(entries.reduce((sum, { Type, length }) => sum + bytesFor(Type, length), 0));
  const views: { [name: string]: ArenaArray } = {};
  const at: { [name: string]: number } = {};
  for (const { name, area, Type, length } of entries) {
    const view = arena.view(Type, length);
    if (area instanceof Int32Array) view.set(area as never);
    views[name] = view;
    at[name] = arena.address(name, view);
  }
  return { arena, views: views as Areas<Name>["views"], at: at as Areas<Name>["at"] };
}
