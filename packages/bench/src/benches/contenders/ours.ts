// A contender of backend.ts: our nets on one of our backends. node ours.ts BACKEND THREADS CASE (JSON)
import { type BackendName, selectBackend } from "@mammo/backend";
import { backend, env } from "@tensorflow/tfjs-core";
import { serve } from "../../harness/serve.ts";
import type { NetCase } from "../../nets/netCase.ts";
import { prepareNet } from "../../nets/prepareNet.ts";

const [prefer, threads, test] = process.argv.slice(2) as [BackendName, string, string];

await serve(async () => {
  const selected = await selectBackend({ prefer, threads: Number(threads) });
  const netCase = JSON.parse(test) as NetCase;
  if (netCase.whole) env().set("WASM_SKIP_EQUAL_WINDOWS", false);
  const { logits, iterate } = await prepareNet(netCase);
  const wasm = (backend() as unknown as { readonly wasm?: { readonly HEAPU8: Uint8Array } }).wasm;
  return {
    about: { version: `${selected.device}, ${selected.simd}`, logits },
    iterate,
    // The heap grows and never shrinks: its size is its peak.
    ...(wasm ? { memory: () => ({ heapMiB: wasm.HEAPU8.byteLength / 2 ** 20 }) } : {}),
  };
});
process.exit();
