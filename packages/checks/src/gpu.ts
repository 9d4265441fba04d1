// npm run gpu: is the GPU of this machine right, and how fast is it? Gradients, training beside wasm, times of the nets; writes a report.
import { type BackendName, selectBackend } from "@mammo/backend";
import { machineLine, makeHarness, measureMachine, toMarkdown } from "@mammo/bench";
import { writeFileAtomically } from "@mammo/files/node";
import { program } from "@mammo/testing/program";
import { thresholdLine } from "@mammo/testing/threshold";
import { checkGradients, checkTraining } from "./gpu/correctness.ts";
import { timeNets } from "./gpu/netTimes.ts";

const help = `npm run gpu -- [--backend NAME] [--software-gpu] [--quick] [--report FILE]
  --backend       webgpu or tensorflow (default webgpu)
  --software-gpu  accept a GPU that is software: the gradients count, the times mean nothing
  --quick         one small net and few rounds
  --report        default mammo-gpu-report.md`;

const options = {
  backend: { type: "string", default: "webgpu" },
  "software-gpu": { type: "boolean", default: false },
  quick: { type: "boolean", default: false },
  report: { type: "string", default: "mammo-gpu-report.md" },
} as const;

await program({ help, options }, async (values) => {
  const onGpu = () => selectBackend({ prefer: values.backend as BackendName, allowSoftwareGpu: values["software-gpu"] });
  const { backend, device } = await onGpu();
  // TensorFlow falls back to the processor: what is right there says nothing of a GPU.
  if (!values["software-gpu"] && !device.startsWith("GPU")) throw new Error(`Expected ${backend} to compute on a GPU, got ${device}`);
  console.log(`${backend}: ${device}`);
  const machine = await measureMachine();
  console.log(machineLine(machine));
  const { harness, findings } = makeHarness({ machine, quick: values.quick, print: console.log });
  harness.note(`${backend}: ${device}`);
  if (values.quick) harness.note("A quick trial: the times are no result.");
  await checkGradients(harness, backend);
  await checkTraining(harness, onGpu);
  await timeNets(harness, backend);
  await writeFileAtomically(values.report, `# ${device}\n\n${toMarkdown(machine, findings)}\n`);
  for (const threshold of findings.thresholds) console.log(thresholdLine(threshold));
  if (findings.thresholds.some(({ reached }) => !reached)) process.exitCode = 1;
});
// A backend that failed half way may keep the process alive.
process.exit();
