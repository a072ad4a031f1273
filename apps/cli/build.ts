// Bundles the program with our packages in it: Node takes longer to find two hundred modules than a small solve lasts, and each of the two threads would hold
// them all. Libraries of others stay dependencies.
import { join } from "node:path";
import { build } from "rolldown";
import manifest from "./package.json" with { type: "json" };

const source = join(import.meta.dirname, "src");

await build({
  input: ["main", "solve-worker", "reproduce/task-worker", "demo"].map((name) => join(source, `${name}.ts`)),
  platform: "node",
  external: Object.keys(manifest.dependencies),
  resolve: { conditionNames: ["@slam/source", "import", "node", "default"] },
  output: {
    dir: join(import.meta.dirname, "dist"),
    cleanDir: true,
    entryFileNames: ({ name }) => `${name.slice(name.lastIndexOf("/") + 1)}.js`,
    chunkFileNames: "[name]-[hash].js",
    sourcemap: true,
    minify: "dce-only",
  },
});
