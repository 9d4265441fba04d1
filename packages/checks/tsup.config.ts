import { defineConfig } from "tsup";

/** The GPU suite as one file that imports the published packages by their names; packages/tooling/gpuBundle.mjs says where to. */
export default defineConfig({
  entry: { suite: "src/gpu.ts" },
  format: "esm",
  target: "node20",
  skipNodeModulesBundle: true,
  // Private packages: they are not installed beside the suite.
  noExternal: ["@mammo/bench", /^@mammo\/testing\//],
  silent: true,
});
