import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const { resolve } = createRequire(import.meta.url);

/** The page, its worker and the codecs' WebAssembly, bundled and served on loopback. */
export async function servePage(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const entry = (name: string): string => fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [entry("page"), entry("worker")],
    bundle: true,
    conditions: ["@mammo/source"],
    format: "esm",
    splitting: true,
    write: false,
    outdir: "/",
    // The codecs ask for these where they run in Node.
    external: ["fs", "path"],
    logLevel: "error",
  });
  const files = new Map<string, readonly [type: string, body: Uint8Array | string]>([
    ["/", ["text/html", `<!doctype html><title>page</title><script type="module" src="/page.js"></script>`]],
    ["/openjpegwasm_decode.wasm", ["application/wasm", await readFile(resolve("@cornerstonejs/codec-openjpeg/decodewasm"))]],
    ["/openjphjs.wasm", ["application/wasm", await readFile(resolve("@cornerstonejs/codec-openjph/wasm"))]],
    ...outputFiles.map(({ path, contents }) => [path, ["text/javascript", contents]] as const),
  ]);
  const server = createServer((request, response) => {
    const [type, body] = files.get(request.url ?? "") ?? ["text/plain", undefined];
    response.writeHead(body === undefined ? 404 : 200, { "content-type": type }).end(body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => new Promise((done) => server.close(() => done())),
  };
}
