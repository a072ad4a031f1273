import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** A unit square driven once around, each measurement a little off; the last edge closes the loop. */
export const SQUARE = `VERTEX_SE2 0 0 0 0
VERTEX_SE2 1 1.1 0 1.5
VERTEX_SE2 2 1.2 1.1 3.1
VERTEX_SE2 3 0.1 1.2 -1.6
EDGE_SE2 0 1 1.1 0 1.5 10 0 0 10 0 100
EDGE_SE2 1 2 1 0.1 1.6 10 0 0 10 0 100
EDGE_SE2 2 3 1 0 1.5 10 0 0 10 0 100
EDGE_SE2 3 0 0.9 0 1.6 10 0 0 10 0 100
`;

/** The square's corners as driven. */
export const SQUARE_TRUTH = `0 0 0 0 0 0 0 1
1 1 0 0 0 0 0.7071067811865476 0.7071067811865476
2 1 1 0 0 0 1 0
3 0 1 0 0 0 -0.7071067811865476 0.7071067811865476
`;

/** Writes files into the folder. */
export function lay(folder: string, files: { readonly [name: string]: string | Uint8Array }): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}
