import type { Plugin } from "esbuild";
import { defineConfig } from "tsup";
import { library } from "../../tsup.config.base.ts";

/** What the codecs' scripts ask for in branches that only Node takes: a bundler for browsers would look for it. */
const withoutNode: Plugin = {
  name: "without Node",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^(fs|path)$/ }, ({ path }) => ({ path, namespace: "nothing" }));
    onLoad({ filter: /.*/, namespace: "nothing" }, () => ({ contents: "" }));
  },
};

const node = library({
  dicomParser: "src/dicomParser.ts",
  index: "src/index.ts",
  node: "src/node.ts",
  shards: "src/shards.ts",
  workerTasks: "src/scale/threads/workerTasks.ts",
  write: "src/write.ts",
});
const shared = library({ dicomParser: "src/dicomParser.ts", index: "src/index.ts", write: "src/write.ts" });

export default defineConfig([
  { ...node, clean: ["!browser/**"] },
  // For browsers, with the scripts of the two WebAssembly codecs (MIT) in files of their own, loaded on first use: nothing is left to a bundler's settings.
  {
    ...shared,
    outDir: "dist/browser",
    platform: "browser",
    dts: false,
    skipNodeModulesBundle: false,
    noExternal: [/^@cornerstonejs\//],
    external: ["dicom-parser", /^node:/],
    esbuildPlugins: [withoutNode],
    banner: { js: "/*! @mammo/io; the codecs' scripts are @cornerstonejs/codec-openjpeg and @cornerstonejs/codec-openjph, MIT */" },
  },
]);
