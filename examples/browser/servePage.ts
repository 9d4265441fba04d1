import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { scorePageHead } from "@mammo/pipeline";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
/** All that a page needs beside its bundle: the WebAssembly of TensorFlow.js and of two codecs, out of their packages. */
const tfjs = dirname(fileURLToPath(import.meta.resolve("@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm")));
const wasmFiles = [
  ...["tfjs-backend-wasm.wasm", "tfjs-backend-wasm-simd.wasm", "tfjs-backend-wasm-threaded-simd.wasm"].map((name) => join(tfjs, name)),
  fileURLToPath(import.meta.resolve("@cornerstonejs/codec-openjpeg/decodewasm")),
  fileURLToPath(import.meta.resolve("@cornerstonejs/codec-openjph/wasm")),
];

/** A page is isolated where both headers come with it; only then do its threads share memory. */
const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** Nothing but this server's own scripts, and no page of others around it. The codecs and kernels are WebAssembly; threads start from blobs. */
const policy = [
  "default-src 'none'",
  "script-src 'self' blob: 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "connect-src 'self' blob: data:",
  "style-src HASHES",
  "img-src data: blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Bundles the page and serves it on 127.0.0.1; everything comes from this server, nothing from elsewhere. */
export async function servePage({ port, isolated }: { readonly port: number; readonly isolated: boolean }) {
  const index = await readFile(join(here, "index.html"), "utf8");
  // The page's own, and that of the report, which is shown in a frame under the same policy.
  const styles = [index, scorePageHead("")].map((text) => /<style>([\s\S]*?)<\/style>/.exec(text)?.[1] ?? "");
  const headers = {
    "Content-Security-Policy": policy.replace(
      "HASHES",
      styles.map((style) => `'sha256-${createHash("sha256").update(style).digest("base64")}'`).join(" "),
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    ...(isolated ? isolation : {}),
  };
  const files = new Map([
    ["/", ["text/html; charset=utf-8", new TextEncoder().encode(index)]],
    ...(await bundle()).map(({ path, contents }) => [`/${basename(path)}`, ["text/javascript", contents]] as const),
    ...(await Promise.all(wasmFiles.map(async (path) => [`/wasm/${basename(path)}`, ["application/wasm", await readFile(path)]] as const))),
  ] as readonly (readonly [string, readonly [string, Uint8Array]])[]);
  const server = createServer((request, response) => {
    // A page elsewhere whose name leads here (DNS rebinding) would come with its own name.
    if (!isOwnHost(request.headersDistinct["host"])) return void response.writeHead(421).end();
    if (request.method !== "GET" && request.method !== "HEAD") return void response.writeHead(405).end();
    // As it came: to parse it would throw for some.
    const found = files.get((request.url ?? "").split("?", 1)[0]!);
    if (!found) return void response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": found[0], ...headers }).end(request.method === "GET" ? found[1] : undefined);
  });
  server.on("clientError", (_error, socket) => void socket.destroy());
  await new Promise<void>((resolve, reject) => void server.once("error", reject).listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => new Promise<void>((resolve) => void server.close(() => resolve()).closeAllConnections()),
  };
}

/** By the names that lead to this machine alone. */
const isOwnHost = (hosts: readonly string[] | undefined): boolean => hosts?.length === 1 && /^(127\.0\.0\.1|localhost)(:\d{1,5})?$/.test(hosts[0]!);

/** The code of the page and of its worker, and what they share, as any bundler makes it. */
async function bundle() {
  const { outputFiles } = await build({
    entryPoints: [join(here, "page.ts"), join(here, "reader.ts")],
    bundle: true,
    splitting: true,
    outdir: "/",
    write: false,
    format: "esm",
    target: "es2022",
    platform: "browser",
    minify: true,
    conditions: ["@mammo/source"],
    // From source: as published, @mammo/io has the codecs' scripts without these two, which only Node takes.
    external: ["fs", "path"],
    logLevel: "error",
  });
  return outputFiles;
}
