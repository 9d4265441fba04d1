import { BackendError } from "../errors.ts";
import { nodeModule } from "../node.ts";
import type { AdapterInfo } from "./adapter.ts";
import type { AdapterRequest, Gpu } from "./gpu.ts";

interface Dawn {
  create(options: readonly string[]): Gpu;
  readonly globals: Readonly<Record<string, unknown>>;
}

/** The first call of a driver may take seconds (NVIDIA's without its persistence daemon); a minute is none that works. */
const patience = 60_000;

/** What the probe's process runs: prints the info of the first adapter that answers a request, or null, as JSON. */
const probeProgram = `
const { create } = await import(process.argv[1]);
const gpu = create([]);
let adapter = null;
for (const request of JSON.parse(process.argv[2])) adapter ??= await gpu.requestAdapter(request);
const { vendor, architecture, device, description, isFallbackAdapter } = adapter?.info ?? {};
process.stdout.write(JSON.stringify(adapter && { vendor, architecture, device, description, isFallbackAdapter }));`;

/**
 * Which adapter Dawn (Google's WebGPU, the npm package `webgpu`) would give in Node; undefined where there is none.
 *
 * Asked in a process of its own: with no GPU at hand Dawn writes warnings to standard error, and a driver that is broken may end the process that loads it.
 */
export async function probeDawn(requests: readonly AdapterRequest[]): Promise<AdapterInfo | undefined> {
  const args = ["--input-type=module", "--eval", probeProgram, dawnUrl(), JSON.stringify(requests)];
  const { execFile } = nodeModule("node:child_process");
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { timeout: patience, env: { ...process.env, NODE_OPTIONS: "" } }, (error, stdout) => {
      if (!error) return resolve((JSON.parse(stdout) as AdapterInfo | null) ?? undefined);
      const end = error.killed ? `did not answer within ${patience / 1000} s` : `ended with ${error.signal ?? error.code}`;
      reject(new BackendError("unavailable", `looking for a GPU with Dawn ${end}`));
    });
  });
}

let dawn: Gpu | undefined;

/** Dawn in this process, with WebGPU's classes on the global object where tfjs looks for them. It lives as long as it is referenced, so it is kept. */
export async function openDawn(): Promise<Gpu> {
  if (dawn) return dawn;
  const { create, globals } = (await import(/* @vite-ignore */ /* webpackIgnore: true */ dawnUrl())) as Dawn;
  for (const [name, value] of Object.entries(globals))
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  dawn = create([]);
  return dawn;
}

/** Throws BackendError where the optional peer is not installed. */
function dawnUrl(): string {
  const { createRequire } = nodeModule("node:module");
  const { pathToFileURL } = nodeModule("node:url");
  try {
    return pathToFileURL(createRequire(import.meta.url).resolve("webgpu")).href;
  } catch {
    throw new BackendError("unavailable", "the package webgpu is not installed");
  }
}
