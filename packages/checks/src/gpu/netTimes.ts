import { caseTitle, type Harness, type NetCase, netCases, netFlop, prepareNet } from "@mammo/bench";
import * as tf from "@tensorflow/tfjs-core";

/** A trial for a GPU in software, which needs seconds for what a GPU does in milliseconds. */
const trials: readonly NetCase[] = (["forward", "train"] as const).map((task) => ({
  ...{ net: "detector", width: 0.125, batch: 1, rows: 192, columns: 192 },
  task,
}));

/** Times the nets on the current backend. */
export async function timeNets(harness: Harness, name: string): Promise<void> {
  const rows: (string | number)[][] = [];
  const cases = harness.quick ? trials : netCases;
  for (const test of cases) {
    const title = caseTitle(test);
    const gigaflop = (netFlop(test) * (test.task === "train" ? 3 : 1)) / 1e9;
    try {
      const { iterate, dispose } = await prepareNet(test);
      const { timings } = await harness.compare(title, [{ name, work: gigaflop, iterate }], { unit: "GFLOP" }).finally(dispose);
      rows.push([title, gigaflop.toFixed(2), (gigaflop / timings[0]!.median).toFixed(1), gpuMebibytes()]);
    } catch (error) {
      // A GPU that is too small for one case is measured on the others; the threshold says that not all ran.
      harness.note(`${title} did not run: ${(error as Error).message}`);
    }
  }
  harness.table({
    title: "Rate and memory (buffers are kept: the largest case so far counts)",
    columns: ["net", "GFLOP", "GFLOP/s", "GPU memory, MiB"],
    rows,
  });
  harness.threshold("gpu.times.cases", rows.length, "=", cases.length);
}

/** What tfjs holds on the GPU, in MiB. */
function gpuMebibytes(): number {
  const { numBytesAllocatedInGPU = 0 } = tf.memory() as { numBytesAllocatedInGPU?: number };
  return Math.round(numBytesAllocatedInGPU / 2 ** 20);
}
