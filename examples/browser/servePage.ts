import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
/** All that a page needs beside its bundle: TensorFlow.js's own WebAssembly, out of its package. */
const wasmFolder = dirname(fileURLToPath(import.meta.resolve("@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm")));
const wasmFiles = ["tfjs-backend-wasm.wasm", "tfjs-backend-wasm-simd.wasm", "tfjs-backend-wasm-threaded-simd.wasm"];

/** A page is isolated where both headers come with it; only then do its threads share memory. */
const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** Bundles the page and serves it on 127.0.0.1; everything comes from this server, nothing from elsewhere. */
export async function servePage({ port, isolated }: { readonly port: number; readonly isolated: boolean }) {
  const files = new Map([
    ["/", ["text/html", await readFile(join(here, "index.html"))]],
    ["/page.js", ["text/javascript", await bundle()]],
    ...(await Promise.all(wasmFiles.map(async (name) => [`/wasm/${name}`, ["application/wasm", await readFile(join(wasmFolder, name))]] as const))),
  ] as readonly (readonly [string, readonly [string, Uint8Array]])[]);
  const server = createServer((request, response) => {
    const found = files.get(new URL(request.url ?? "/", "http://127.0.0.1").pathname);
    if (!found) return void response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": found[0], ...(isolated ? isolation : {}) }).end(found[1]);
  });
  await new Promise<void>((resolve, reject) => void server.once("error", reject).listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => new Promise<void>((resolve) => void server.close(() => resolve()).closeAllConnections()),
  };
}

/** The page's code in one file, as any bundler makes it. */
async function bundle(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(here, "page.ts")],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    platform: "browser",
    minify: true,
    conditions: ["@mammo/source"],
    // Named in branches of the codecs and of tfjs that only Node takes.
    external: ["fs", "path"],
    logLevel: "error",
  });
  return outputFiles[0]!.contents;
}
