// A contender in another process, as the harness expects one; `node contender.mjs MODE`.
import { createInterface } from "node:readline";

const [mode] = process.argv.slice(2);
const print = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);
if (mode === "missing") print({ missing: "no torch" });
else if (mode === "crash") process.exit(3);
else {
  process.stdout.write("Hello from a library\n");
  print({ ready: true, version: "1.2" });
  createInterface({ input: process.stdin }).on("line", (line) =>
    print("memory" in JSON.parse(line) ? { memory: { peakMiB: 64 } } : { seconds: 0.25 }),
  );
}
