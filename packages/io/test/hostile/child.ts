// Reads one file by the public functions and says what came of it and what it cost; a process of its own, so that its memory is the file's.
import { readFile } from "node:fs/promises";
import { DicomError, parseDicom, readFrames, readMammogram } from "../../src/index.ts";

const bytes = new Uint8Array(await readFile(process.argv[2]!));
const start = performance.now();
const cpu = process.cpuUsage();
const caught = async (work: () => Promise<unknown>): Promise<string> =>
  work().then(
    () => "read",
    (error: unknown) =>
      error instanceof DicomError ? `${error.code}${error.offset === undefined ? " without a byte" : ""}` : `untyped: ${String(error)}`,
  );
const code = await caught(() => readMammogram(bytes));
// All frames of the stack, one after the other.
await caught(async () => {
  for await (const _cells of readFrames(await parseDicom(bytes)));
});
const { user, system } = process.cpuUsage(cpu);
console.log(
  JSON.stringify({
    code,
    milliseconds: Math.round(performance.now() - start),
    cpuMilliseconds: Math.round((user + system) / 1000),
    megabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);
