import { nodeModule } from "../node.ts";

interface WorkerMessage {
  readonly cmd?: string;
  urlOrBlob?: unknown;
}

/**
 * Lets tfjs start its threads in Node, where stock 4.22 cannot: it gives `new Worker` a blob URL, and its worker reads a blob URL as a file.
 * Until the returned function is called, `Worker` is one that runs tfjs's own worker text and sends it the path of the module instead.
 * tfjs always makes eight workers; those beyond `count` are never used, so they are stand-ins that only say "loaded".
 */
export function installNodeWorkers(count: number): () => void {
  const { Worker } = nodeModule("node:worker_threads");
  const require = nodeModule("node:module").createRequire(import.meta.url);
  const threaded = "@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd";
  const { wasmWorkerContents } = require(`${threaded}.worker.js`) as { wasmWorkerContents: string };
  // The text is the inside of a template literal that was written unescaped: its line breaks within strings must be put back.
  const text = wasmWorkerContents.replace(/\n/g, "\\n");
  const script = require.resolve(`${threaded}.js`);
  let started = 0;

  function start() {
    if (started++ >= count) return unusedWorker();
    // Without the arguments of this process: an --import or --input-type of it would change how the text is read.
    const worker = new Worker(text, { eval: true, execArgv: [] });
    const post = worker.postMessage.bind(worker);
    worker.postMessage = (message: WorkerMessage) => post(message.cmd === "load" ? { ...message, urlOrBlob: script } : message);
    return worker;
  }

  const before = Object.getOwnPropertyDescriptor(globalThis, "Worker");
  // tfjs assigns globalThis.Worker itself while it loads: the setter swallows that.
  Object.defineProperty(globalThis, "Worker", {
    configurable: true,
    get: () =>
      function NodeWorker() {
        return start();
      },
    set: () => {},
  });
  return () => {
    if (before) Object.defineProperty(globalThis, "Worker", before);
    else Reflect.deleteProperty(globalThis, "Worker");
  };
}

/** The part of a worker's interface that tfjs touches on one that it never runs. */
function unusedWorker() {
  const worker = {
    onmessage: (_event: { data: WorkerMessage }) => {},
    on: () => worker,
    unref: () => {},
    terminate: () => {},
    postMessage: (message: WorkerMessage) => {
      if (message.cmd === "load") queueMicrotask(() => worker.onmessage({ data: { cmd: "loaded" } }));
    },
  };
  return worker;
}
