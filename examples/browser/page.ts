// The page: starts the backend that the address asks for (?backend=wasm&threads=2), looks at views, and runs the trial.
import { type BackendName, selectBackend } from "@mammo/backend";
import { type DreamNet, dreamNet, examineView, malignancyMap } from "@mammo/models";
import { drawView } from "./drawView.ts";
import { trial } from "./trial.ts";
import { syntheticView, viewOfFile } from "./views.ts";
import { netFromFiles } from "./weights.ts";

const part = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const [status, answer] = [part("status"), part("answer")];

const asked = new URLSearchParams(location.search);
const threads = asked.get("threads");
const ready = selectBackend({
  ...(asked.has("backend") ? { prefer: asked.get("backend") as BackendName } : {}),
  ...(threads ? { threads: Number(threads) } : {}),
  allowSoftwareGpu: asked.has("software"),
  wasmFolder: "wasm/",
});
await busy(status, async () => {
  const { backend, device, threads, simd } = await ready;
  return `${backend} (${device}), ${threads} thread${threads === 1 ? "" : "s"}, ${simd}`;
});

// Without weights the graph is as it was born, and its answers mean nothing.
let net: DreamNet = dreamNet({ width: 0.125, seed: 1 });
let trained = false;

onFiles(part("weights"), (files) =>
  busy(answer, async () => {
    const loaded = await netFromFiles(files);
    net.dispose();
    [net, trained] = [loaded, true];
    return "weights loaded";
  }),
);
onFiles(part("view"), ([file]) => busy(answer, async () => look(await viewOfFile(file!))));
part("synthetic").onclick = () => busy(answer, async () => look(await syntheticView(7)));
part("trial").onclick = () => busy(part("trialResult"), async () => JSON.stringify(await trial()));

/** One view through the graph, drawn; what to say of it. */
async function look(view: Awaited<ReturnType<typeof viewOfFile>>): Promise<string> {
  const start = performance.now();
  const { logit, heatmap } = await examineView(net, view);
  const took = Math.round(performance.now() - start);
  drawView(part("picture"), view, malignancyMap(heatmap));
  const probability = (1 / (1 + Math.exp(-logit))).toFixed(3);
  return `${trained ? "" : "untrained, without meaning: "}probability ${probability}, not calibrated; ${took} ms`;
}

function onFiles(input: HTMLElement, use: (files: readonly File[]) => void): void {
  input.onchange = () => use([...((input as HTMLInputElement).files ?? [])]);
}

/** Shows that work goes on, then its answer or why there is none. */
async function busy(where: HTMLElement, work: () => Promise<string>): Promise<void> {
  where.dataset["state"] = "busy";
  where.textContent = "…";
  try {
    where.textContent = await work();
    where.dataset["state"] = "done";
  } catch (error) {
    const { message, code } = error as Error & { readonly code?: string };
    where.textContent = code ? `${code}: ${message}` : message;
    where.dataset["state"] = "failed";
  }
}
