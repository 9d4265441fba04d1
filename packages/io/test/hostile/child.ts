// Reads one file by one door and says what came of it and what it cost; a process of its own, so that its memory is the file's.
import { readFile } from "node:fs/promises";
import { type Door, doors, outcomeOf } from "./doors.ts";

const [path, door] = process.argv.slice(2) as [string, Door];
const { buffer, byteOffset, byteLength } = await readFile(path);
const bytes = new Uint8Array(buffer, byteOffset, byteLength);
const start = performance.now();
const cpu = process.cpuUsage();
const code = await outcomeOf(door, bytes);
// All frames of the stack, one after the other.
if (door === "dicom") await doors.frames(bytes).catch(() => undefined);
const { user, system } = process.cpuUsage(cpu);
console.log(
  JSON.stringify({
    code,
    milliseconds: Math.round(performance.now() - start),
    cpuMilliseconds: Math.round((user + system) / 1000),
    megabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);
