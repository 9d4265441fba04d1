// A contender of backend.ts: onnxruntime-node on our net as ONNX. node onnxruntime.ts MODEL.onnx THREADS CASE (JSON)
import { serve } from "../../harness/serve.ts";
import { casePixels, type NetCase } from "../../nets/netCase.ts";

const [file, threads, test] = process.argv.slice(2) as [string, string, string];

await serve(async () => {
  const { env, InferenceSession, Tensor } = await import("onnxruntime-node");
  const { batch, rows, columns } = JSON.parse(test) as NetCase;
  const session = await InferenceSession.create(file, { intraOpNumThreads: Number(threads), interOpNumThreads: 1 });
  const batches = casePixels(JSON.parse(test) as NetCase).map((pixels) => new Tensor("float32", pixels, [batch, 1, rows, columns]));
  let call = 0;
  const run = async () => (await session.run({ pixels: batches[call++ % batches.length]! }))["logits"]!.data as Float32Array;
  const logits: number[] = [];
  for (const _ of batches) for (const logit of await run()) logits.push(logit);
  return {
    about: { version: env.versions.node, logits },
    async iterate() {
      await run();
    },
  };
});
process.exit();
