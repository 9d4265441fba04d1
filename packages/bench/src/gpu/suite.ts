// npm run gpu: is the GPU of this machine right, and how fast is it? Gradients, training beside wasm, times of the nets; writes a report.
import { renameSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type BackendName, selectBackend } from "@mammo/backend";
import { makeHarness } from "../harness.ts";
import { barLine } from "../harnessBar.ts";
import { machineLine, measureMachine } from "../harnessMachine.ts";
import { toMarkdown } from "../harnessReport.ts";
import { judgeGradients, judgeTraining } from "./correctness.ts";
import { timeNets } from "./times.ts";

const help = `npm run gpu -- [--backend NAME] [--software-gpu] [--quick] [--report FILE]
  --backend       webgpu or tensorflow (default webgpu)
  --software-gpu  accept a GPU that is software: right or wrong is told, times mean nothing
  --quick         one small net and few rounds
  --report        default mammo-gpu-report.md`;

try {
  await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  // A backend that failed half way may hold the process.
  process.exit(1);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      backend: { type: "string", default: "webgpu" },
      "software-gpu": { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      report: { type: "string", default: "mammo-gpu-report.md" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return void console.log(help);
  const onGpu = () => selectBackend({ prefer: values.backend as BackendName, allowSoftwareGpu: values["software-gpu"] });
  const { backend, device } = await onGpu();
  // TensorFlow falls back to the processor: what is right there says nothing of a GPU.
  if (!values["software-gpu"] && !device.startsWith("GPU")) throw new Error(`Expected ${backend} to compute on a GPU, got ${device}`);
  console.log(`${backend}: ${device}`);
  const machine = await measureMachine();
  console.log(machineLine(machine));
  const { harness, findings } = makeHarness({ machine, quick: values.quick, say: console.log });
  harness.note(`${backend}: ${device}`);
  if (values.quick) harness.note("A quick trial: the times are no result.");
  await judgeGradients(harness, backend);
  await judgeTraining(harness, onGpu);
  await timeNets(harness, backend);
  const text = `# ${device}\n\n${toMarkdown(machine, findings)}\n`;
  writeFileSync(`${values.report}.part`, text);
  renameSync(`${values.report}.part`, values.report);
  for (const bar of findings.bars) console.log(barLine(bar));
  if (findings.bars.some(({ reached }) => !reached)) process.exitCode = 1;
}
