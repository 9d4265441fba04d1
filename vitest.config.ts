import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["@mammo/source"] },
  ssr: { resolve: { conditions: ["@mammo/source", "node", "import", "default"] } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "examples/**/*.test.ts"],
    typecheck: { enabled: false },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
