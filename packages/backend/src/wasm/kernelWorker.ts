import { isNode, nodeModule } from "../node.ts";

interface KernelWorkerData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: number;
  /** Its number, from 1; 0 is the calling thread. */
  readonly worker: number;
}

const serve = "new WebAssembly.Instance(data.module, { env: { memory: data.memory } }).exports.serve(data.control, data.worker)";

/** Starts a thread that takes part in our kernels. It sleeps between jobs, never returns, and does not keep the process alive. */
export function startKernelWorker(data: KernelWorkerData): void {
  if (isNode()) {
    const { Worker } = nodeModule("node:worker_threads");
    // Without the arguments of this process: an --import or --input-type of it would change how the text is read.
    new Worker(`const { workerData: data } = require("node:worker_threads"); ${serve};`, { eval: true, execArgv: [], workerData: data }).unref();
    return;
  }
  const url = URL.createObjectURL(new Blob([`onmessage = ({ data }) => ${serve};`], { type: "text/javascript" }));
  new Worker(url).postMessage(data);
}
