// Bundles the program with our packages in it: Node takes longer to find two hundred modules than a small solve lasts, and each of the two threads would hold
// them all. Libraries of others stay dependencies.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "rolldown";
import manifest from "./package.json" with { type: "json" };

const source = join(import.meta.dirname, "src");
const dist = join(import.meta.dirname, "dist");

await build({
  input: ["main", "solve-worker", "bench/bench-worker", "reproduce/task-worker", "demo", "shipped-kernels"].map((name) =>
    join(source, `${name}.ts`),
  ),
  platform: "node",
  external: Object.keys(manifest.dependencies),
  resolve: { conditionNames: ["@slam/source", "import", "node", "default"] },
  output: {
    dir: dist,
    cleanDir: true,
    entryFileNames: ({ name }) => `${name.slice(name.lastIndexOf("/") + 1)}.js`,
    chunkFileNames: "[name]-[hash].js",
    sourcemap: true,
    minify: "dce-only",
  },
});

// The bundle's own sources write the kernels that are shipped with it.
const { KERNEL_FILE, shippedKernels } = await import(join(dist, "shipped-kernels.js"));
writeFileSync(join(dist, KERNEL_FILE), shippedKernels());
