// Parses one file by parseGuarded and says what came of it and what it cost; a process of its own, so that its memory is the file's.
import { readFile } from "node:fs/promises";
import { parseGuarded } from "../../src/dicomParser.ts";
import { DicomError } from "../../src/index.ts";

const bytes = new Uint8Array(await readFile(process.argv[2]!));
const cpu = process.cpuUsage();
const code = await parseGuarded(bytes).then(
  () => "read",
  (error: unknown) => (error instanceof DicomError ? error.code : `untyped: ${String(error)}`),
);
const { user, system } = process.cpuUsage(cpu);
console.log(
  JSON.stringify({ code, cpuMilliseconds: Math.round((user + system) / 1000), megabytes: Math.round(process.resourceUsage().maxRSS / 1024) }),
);
