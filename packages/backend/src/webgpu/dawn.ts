import { BackendError } from "../errors.ts";
import { nodeModule } from "../node.ts";
import type { AdapterInfo } from "./adapter.ts";
import type { AdapterRequest, Gpu } from "./gpu.ts";

interface Dawn {
  create(options: readonly string[]): Gpu;
  readonly globals: Readonly<Record<string, unknown>>;
}

/** Milliseconds. The first call of a driver may take seconds (NVIDIA's without its persistence daemon); one that takes a minute does not work. */
const timeout = 60_000;

/** Begins the line of the answer: drivers and Vulkan's layers may print lines of their own. */
const answerPrefix = "mammo-adapter ";

/** What the probe's process runs: prints the info of the first adapter that answers a request, or null, as JSON. */
const probeProgram = `
const { create } = await import(process.argv[1]);
const gpu = create([]);
let adapter = null;
for (const request of JSON.parse(process.argv[2])) adapter ??= await gpu.requestAdapter(request);
const { vendor, architecture, device, description, isFallbackAdapter } = adapter?.info ?? {};
process.stdout.write("\\n" + process.argv[3] + JSON.stringify(adapter && { vendor, architecture, device, description, isFallbackAdapter }) + "\\n");`;

/** A process asks once for the same: a driver that hangs would cost the whole timeout each time. */
const answers = new Map<string, Promise<AdapterInfo | undefined>>();

/**
 * Which adapter Dawn (Google's WebGPU, the npm package `webgpu`) would give in Node; undefined where there is none.
 *
 * Asked in a process of its own: with no GPU at hand Dawn writes warnings to standard error, and a driver that is broken may end the process that loads it.
 * The answer, or that there was none, is kept.
 * @throws BackendError "unavailable" where the package is not installed, or its process fails, says nothing or hangs
 */
export async function probeDawn(requests: readonly AdapterRequest[]): Promise<AdapterInfo | undefined> {
  const asked = JSON.stringify(requests);
  const answer = answers.get(asked) ?? ask(dawnUrl(), asked);
  answers.set(asked, answer);
  return answer;
}

async function ask(url: string, requests: string): Promise<AdapterInfo | undefined> {
  const args = ["--input-type=module", "--eval", probeProgram, url, requests, answerPrefix];
  const { execFile } = nodeModule("node:child_process");
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { timeout, env: { ...process.env, NODE_OPTIONS: "" } }, (error, stdout) => {
      // An error thrown in this callback would end the process.
      const answer = error ? undefined : answerIn(stdout);
      if (answer) return resolve(answer.info);
      const failed = error?.killed ? `did not answer within ${timeout / 1000} s` : `ended with ${error?.signal ?? error?.code}`;
      reject(new BackendError("unavailable", `looking for a GPU with Dawn ${error ? failed : "gave no answer that can be read"}`));
    });
  });
}

/** The adapter in what the probe printed; undefined where no line is an answer. */
function answerIn(stdout: string): { readonly info: AdapterInfo | undefined } | undefined {
  const line = stdout.split("\n").findLast((text) => text.startsWith(answerPrefix));
  try {
    return line === undefined ? undefined : { info: (JSON.parse(line.slice(answerPrefix.length)) as AdapterInfo | null) ?? undefined };
  } catch {
    return undefined;
  }
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
