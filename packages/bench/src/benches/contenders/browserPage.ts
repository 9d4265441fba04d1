// The page of browser.ts: the same net on our wasm kernels and on onnxruntime-web, timed one image at a time.
import { selectBackend } from "@mammo/backend";
import type { Grid } from "@mammo/mammogram";
import { type DreamNet, dreamNet, examineView, type Runner, tfjsRunner } from "@mammo/models";
import { onnxRunner } from "@mammo/models/export";
import * as ort from "onnxruntime-web/wasm";

/** What the bench calls. */
export interface BrowserNets {
  /** Both ready; how far their logits of all images lie apart at most. */
  start(options: { readonly width: number; readonly threads: number }): Promise<{ readonly versions: string; readonly apart: number }>;
  /** Seconds of one image; each call takes the next. */
  time(name: "ours" | "onnxruntime-web"): Promise<number>;
}

const [rows, columns] = [1200, 800];
let model: DreamNet;
let images: readonly Grid[] = [];
let runners: Readonly<Record<"ours" | "onnxruntime-web", Runner>>;
const calls = { ours: 0, "onnxruntime-web": 0 };

const nets: BrowserNets = {
  async start({ width, threads }) {
    const selected = await selectBackend({ prefer: "wasm", threads, wasmFolder: "wasm/" });
    ort.env.wasm.wasmPaths = new URL("wasm/", location.href).href;
    ort.env.wasm.numThreads = threads;
    const pixels = new Float32Array(await (await fetch("pixels.bin")).arrayBuffer());
    const size = rows * columns;
    images = Array.from({ length: pixels.length / size }, (_, at) => ({ pixels: pixels.subarray(at * size, (at + 1) * size), rows, columns }));
    model = dreamNet({ width, seed: 1 });
    runners = { ours: tfjsRunner, "onnxruntime-web": onnxRunner(ort) };
    let apart = 0;
    for (const image of images) {
      const [ours, theirs] = [
        await examineView(model, image, { runner: runners.ours }),
        await examineView(model, image, { runner: runners["onnxruntime-web"] }),
      ];
      apart = Math.max(apart, Math.abs(ours.logit - theirs.logit));
    }
    const { device, threads: used, simd } = selected;
    return {
      versions: `ours (${device}, ${used} threads, ${simd}), onnxruntime-web ${ort.env.versions.web} (wasm, ${ort.env.wasm.numThreads} threads)`,
      apart,
    };
  },
  async time(name) {
    const image = images[calls[name]++ % images.length]!;
    const begin = performance.now();
    await examineView(model, image, { runner: runners[name] });
    return (performance.now() - begin) / 1000;
  },
};
Object.assign(globalThis, { nets });
