import { defineConfig } from "vitest/config";

const conditions = ["@slam/source", "module", "node", "development|production"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["{packages,apps,tooling}/*/test/**/*.test.ts"],
    typecheck: { enabled: true, include: ["{packages,apps,tooling}/*/test/**/*.test-d.ts"], tsconfig: "tsconfig.test.json" },
  },
});
