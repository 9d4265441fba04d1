// A contender of backend.ts: onnxruntime-node on our net as ONNX. node onnxruntime.ts MODEL.onnx THREADS CASE (JSON)
import { serve } from "../../harness/serve.ts";
import { casePixels, type NetCase } from "../../nets/netCase.ts";

const [file, threads, test] = process.argv.slice(2) as [string, string, string];

await serve(async () => {
  const { env, InferenceSession, Tensor } = await import("onnxruntime-node");
  const { batch, rows, columns } = JSON.parse(test) as NetCase;
  const session = await InferenceSession.create(file, { intraOpNumThreads: Number(threads), interOpNumThreads: 1 });
  const pixels = new Tensor("float32", casePixels(JSON.parse(test) as NetCase), [batch, 1, rows, columns]);
  const run = async () => (await session.run({ pixels }))["logits"]!.data as Float32Array;
  return {
    about: { version: env.versions.node, logits: Array.from(await run()) },
    async iterate() {
      await run();
    },
  };
});
process.exit();
