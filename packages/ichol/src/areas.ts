import { type Arena, type ArenaArray, type ArenaArrayConstructor, type ArenaPool, bytesFor } from "@slam/wasm";

/** An array to be placed: so many zeros of a type, or, to be written before it is read, whatever the memory holds; or a copy of indices. */
export type Area = readonly [Type: ArenaArrayConstructor<ArenaArray>, length: number, content?: "uncleared"] | Int32Array;

/** Arrays in one arena, and where they begin. */
export interface Areas<Name extends string> {
  readonly arena: Arena;
  readonly views: { readonly [name in Name]: ArenaArray };
  readonly at: { readonly [name in Name]: number };
}

/** Places the arrays in their order. @throws ArenaError where the engine has no memory for them. */
export function placeAreas<Name extends string>(arenas: ArenaPool, areas: { readonly [name in Name]: Area }): Areas<Name> {
  const entries = Object.entries<Area>(areas);
  const arena = arenas.take(entries.reduce((sum, [, area]) => sum + bytesOf(area), 0));
  const views: { [name: string]: ArenaArray } = {};
  const at: { [name: string]: number } = {};
  for (const [name, area] of entries) {
    const view = place(arena, area);
    views[name] = view;
    at[name] = arena.address(name, view);
  }
  return { arena, views: views as Areas<Name>["views"], at: at as Areas<Name>["at"] };
}

function bytesOf(area: Area): number {
  return area instanceof Int32Array ? bytesFor(Int32Array, area.length) : bytesFor(area[0], area[1]);
}

function place(arena: Arena, area: Area): ArenaArray {
  if (area instanceof Int32Array) return arena.copy(area);
  const [Type, length, content] = area;
  return content === "uncleared" ? arena.uncleared(Type, length) : arena.view(Type, length);
}
