import { defineConfig } from "tsup";

/** The GPU's suite as one file that imports packages by their names; packages/tooling/gpuBundle.mjs says where to. */
export default defineConfig({
  entry: { suite: "src/gpu/suite.ts" },
  format: "esm",
  target: "node20",
  skipNodeModulesBundle: true,
  silent: true,
});
