// Importing tfjs-core registers no gradients, and Node cannot load its register_all_gradients file (extensionless ESM inside a CommonJS package).
// One bundled copy of that file is enough: tfjs keeps its engine and its registries on the global object, so the copy registers into the one core.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build } from "esbuild";

export async function bundleGradients() {
  const core = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-core/package.json"));
  const { outputFiles } = await build({
    entryPoints: [join(core, "dist", "register_all_gradients.js")],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "none",
    banner: { js: "// From @tensorflow/tfjs-core, Copyright Google LLC, Apache License 2.0, bundled unchanged. @ts-nocheck" },
  });
  return { "gradients.js": outputFiles[0].text, "gradients.d.ts": "export {};\n" };
}
