// npm run bench -- browser: DreamNet in one page of Chromium, on our wasm kernels and on onnxruntime-web, in turns on the same standard images.
import { execFileSync } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { commandExists } from "@mammo/testing";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { speedup } from "../harness/comparison.ts";
import type { Bench } from "../harness/harness.ts";
import { temporaryFolder } from "../harness/temporaryFolder.ts";
import { writeStandardImages } from "../nets/standardImages.ts";
import type { BrowserNets } from "./contenders/browserPage.ts";

const program = process.env["MAMMO_CHROMIUM"] ?? "chromium";
const threads = 2;
const widths = [0.125, 0.25];

/** What both runtimes load beside the page's script. */
const folderOf = (module: string) => dirname(fileURLToPath(import.meta.resolve(module)));
const tfjs = folderOf("@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm");
const onnx = folderOf("onnxruntime-web/wasm");
const beside = [
  ...["tfjs-backend-wasm.wasm", "tfjs-backend-wasm-simd.wasm", "tfjs-backend-wasm-threaded-simd.wasm"].map((name) => join(tfjs, name)),
  ...["ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"].map((name) => join(onnx, name)),
];

const types: Readonly<Record<string, string>> = { ".wasm": "application/wasm", ".mjs": "text/javascript" };

export const bench: Bench = {
  name: "browser",
  async run(harness) {
    if (!program.includes("/") && !commandExists(program)) return harness.note("Chromium is not here: name it by MAMMO_CHROMIUM.");
    const folder = temporaryFolder();
    const pixelFile = join(folder, "pixels.bin");
    harness.note(await writeStandardImages(pixelFile, { folder, count: harness.quick ? 4 : 20 }));
    const { url, close } = await serve(pixelFile);
    const executablePath = program.includes("/") ? program : execFileSync("which", [program], { encoding: "utf8" }).trim();
    const browser = await chromium.launch({
      executablePath,
      args: ["--headless", "--no-sandbox", "--no-first-run", "--disable-background-networking"],
    });
    try {
      for (const width of widths) {
        const page = await browser.newPage();
        page.on("pageerror", (error) => harness.note(`The page failed: ${error.message}`));
        await page.goto(url);
        await page.waitForFunction(() => "nets" in globalThis);
        const about = await page.evaluate((options) => (globalThis as unknown as { nets: BrowserNets }).nets.start(options), { width, threads });
        if (width === widths[0]) harness.note(`Chromium ${browser.version()}, one page, ${threads} threads each: ${about.versions}.`);
        if (!(about.apart <= 1e-4)) throw new Error(`Expected the logits of both within 1e-4, got ${about.apart} off`);
        const contender = (name: "ours" | "onnxruntime-web") => ({
          name,
          iterate: () => page.evaluate((name) => (globalThis as unknown as { nets: BrowserNets }).nets.time(name), name),
        });
        const comparison = await harness.compare(`DreamNet w ${width} in Chromium, a standard image`, [
          contender("ours"),
          contender("onnxruntime-web"),
        ]);
        harness.threshold(`browser.dream.${width}.ours-to-onnxruntime-web`, 1 / speedup(comparison, "ours", "onnxruntime-web"), "<=", 0.4);
        await page.close();
      }
    } finally {
      await browser.close();
      await close();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** The page on 127.0.0.1, with the headers that let WebAssembly use threads. */
async function serve(pixelFile: string) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("./contenders/browserPage.ts", import.meta.url))],
    ...{ bundle: true, write: false, format: "esm", target: "es2022", platform: "browser", conditions: ["@mammo/source"], logLevel: "error" },
  });
  const files = new Map<string, readonly [string, Uint8Array]>([
    ["/", ["text/html", new TextEncoder().encode('<!doctype html><script type="module" src="/page.js"></script>')]],
    ["/page.js", ["text/javascript", outputFiles[0]!.contents]],
    ["/pixels.bin", ["application/octet-stream", await readFile(pixelFile)]],
    ...(await Promise.all(
      beside.map(async (path) => [`/wasm/${basename(path)}`, [types[path.slice(path.lastIndexOf("."))]!, await readFile(path)]] as const),
    )),
  ]);
  const server = createServer((request, response) => {
    const found = files.get((request.url ?? "").split("?", 1)[0]!);
    if (!found) return void response.writeHead(404).end();
    const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
    response.writeHead(200, { "Content-Type": found[0], ...isolation }).end(found[1]);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => new Promise<void>((resolve) => void server.close(() => resolve()).closeAllConnections()),
  };
}
