import { Worker } from "node:worker_threads";
import { FilesError } from "@mammo/files";

/** Values by column. */
export type ParquetRow = Readonly<Record<string, string | number | bigint | boolean | null | undefined>>;

/** As of text tables: wider and longer than any table of a cohort. */
const most = { columns: 4096, cells: 2 ** 24 } as const;

/** Of the thread's own work, and of the wait for it, whatever else the machine does. */
const workMilliseconds = (bytes: number): number => 500 + (2000 * bytes) / 2 ** 20;
const waitMilliseconds = (bytes: number): number => 60_000 + workMilliseconds(bytes);
const heapMegabytes = (bytes: number): number => Math.min(128 + Math.ceil((64 * bytes) / 2 ** 20), 2048);

/** Plain JavaScript, so that a thread starts in some 50 ms without a loader; the parser comes in by its address. */
const code = `
const { parentPort, workerData } = require("node:worker_threads");
const end = (answer) => parentPort.postMessage(answer);
process.on("unhandledRejection", () => end({ refused: "malformed-table" }));
import(workerData.parser).then(async ({ parquetMetadata, parquetReadObjects }) => {
  parentPort.postMessage("ready");
  const { file, most } = workerData;
  const metadata = parquetMetadata(file);
  const columns = metadata.schema.length - 1;
  const rows = Number(metadata.num_rows);
  if (!(columns >= 1 && rows >= 0)) return end({ refused: "malformed-table" });
  if (columns > most.columns || columns * rows > most.cells) return end({ refused: "too-large" });
  end({ rows: await parquetReadObjects({ file, metadata }) });
}).catch(() => end({ refused: "malformed-table" }));
`;

/**
 * The rows of a Parquet file, read in a thread of its own under limits of time and memory: the parser's failures leave every `catch`, and some files keep it busy for ever.
 *
 * @throws FilesError `malformed-table` for anything but a whole Parquet file, `too-large` for one that takes more than its size allows. No text repeats what it holds.
 * @example for (const { subjectId } of await parquetRows(await readRegularFile("labels.parquet"))) ids.add(subjectId);
 */
export async function parquetRows(bytes: Uint8Array): Promise<readonly ParquetRow[]> {
  const file = bytes.slice().buffer;
  const worker = new Worker(code, {
    eval: true,
    execArgv: [],
    workerData: { file, most, parser: import.meta.resolve("hyparquet") },
    transferList: [file],
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes(bytes.length), maxYoungGenerationSizeMb: 16 },
    // What the parser prints is about the file.
    stdout: true,
    stderr: true,
  });
  let watch: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      const refuse = (code: "malformed-table" | "too-large") => reject(refusal(code));
      worker.on("message", (answer: "ready" | { readonly rows?: readonly ParquetRow[]; readonly refused?: "malformed-table" | "too-large" }) => {
        if (answer === "ready") watch = watchOver(bytes.length, () => refuse("too-large"));
        else if (answer.rows) resolve(answer.rows);
        else refuse(answer.refused ?? "malformed-table");
      });
      worker.on("error", (error: NodeJS.ErrnoException) => refuse(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "too-large" : "malformed-table"));
      worker.on("exit", () => refuse("malformed-table"));
    });
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
}

/** On a machine that is busy with other work a thread waits for its turn: that is not its time. */
function watchOver(bytes: number, expired: () => void): NodeJS.Timeout {
  const start = performance.now();
  const before = process.cpuUsage();
  return setInterval(() => {
    const waited = performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    const worked = Math.min(waited, (user + system) / 1000);
    if (worked > workMilliseconds(bytes) || waited > waitMilliseconds(bytes)) expired();
  }, 50);
}

const refusal = (code: "malformed-table" | "too-large"): FilesError =>
  new FilesError(
    code,
    code === "too-large" ? "Expected a Parquet file that costs what its size allows, got one that takes more" : "Expected a whole Parquet file",
  );
