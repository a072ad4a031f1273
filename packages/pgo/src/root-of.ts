/** The root of k's tree, by the parents of each node; a root is its own. Halves the way there. */
export function rootOf(parent: Int32Array, k: number): number {
  let root = k;
  while (parent[root] !== root) {
    parent[root] = parent[parent[root]];
    root = parent[root];
  }
  return root;
}
