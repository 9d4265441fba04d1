import { createHash } from "node:crypto";
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

/** Nothing but this server's own scripts, and no page of others around it. The codecs and kernels are WebAssembly; threads start from blobs. */
const policy = [
  "default-src 'none'",
  "script-src 'self' blob: 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "connect-src 'self' blob: data:",
  "style-src 'HASH'",
  "img-src data: blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Bundles the page and serves it on 127.0.0.1; everything comes from this server, nothing from elsewhere. */
export async function servePage({ port, isolated }: { readonly port: number; readonly isolated: boolean }) {
  const index = await readFile(join(here, "index.html"), "utf8");
  const style = /<style>([\s\S]*?)<\/style>/.exec(index)?.[1] ?? "";
  const headers = {
    "Content-Security-Policy": policy.replace("HASH", `sha256-${createHash("sha256").update(style).digest("base64")}`),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    ...(isolated ? isolation : {}),
  };
  const files = new Map([
    ["/", ["text/html; charset=utf-8", new TextEncoder().encode(index)]],
    ["/page.js", ["text/javascript", await bundle()]],
    ...(await Promise.all(wasmFiles.map(async (name) => [`/wasm/${name}`, ["application/wasm", await readFile(join(wasmFolder, name))]] as const))),
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
