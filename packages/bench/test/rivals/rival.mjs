// A rival in another process, as the harness expects one; `node rival.mjs MODE`.
import { createInterface } from "node:readline";

const [mode] = process.argv.slice(2);
const say = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);
if (mode === "missing") say({ missing: "no torch" });
else if (mode === "crash") process.exit(3);
else {
  process.stdout.write("Hello from a library\n");
  say({ ready: true, version: "1.2" });
  createInterface({ input: process.stdin }).on("line", (line) => say("memory" in JSON.parse(line) ? { memory: { peakMiB: 64 } } : { seconds: 0.25 }));
}
