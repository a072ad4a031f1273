import { defineConfig } from "vitest/config";
import { CountingReporter } from "./tooling/test/src/counting-reporter.ts";

const conditions = ["@slam/source", "module", "node", "development|production"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    globalSetup: "apps/cli/test/bundle-program.ts",
    setupFiles: ["tooling/test/src/property-seed.ts", "tooling/test/src/spoiled-memory.ts"],
    reporters: ["default", new CountingReporter()],
    include: ["{packages,apps,tooling}/*/test/**/*.test.ts"],
    typecheck: { enabled: true, include: ["{packages,apps,tooling}/*/test/**/*.test-d.ts"], tsconfig: "tsconfig.test.json" },
  },
});
