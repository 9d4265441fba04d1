import { defineConfig } from "tsup";

/** One build for all packages: ESM and declarations; dependencies and peers stay outside. */
export const library = (entry: Readonly<Record<string, string>>) =>
  defineConfig({
    entry: { ...entry },
    format: "esm",
    target: "es2022",
    platform: "neutral",
    // tsup knows dependencies and peers by itself, but would bundle optional dependencies.
    skipNodeModulesBundle: true,
    external: [/^node:/],
    dts: { compilerOptions: { noEmit: false, composite: false, incremental: false } },
    clean: true,
    splitting: true,
    sourcemap: false,
    treeshake: true,
  });
