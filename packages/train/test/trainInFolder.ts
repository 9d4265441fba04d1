// node trainInFolder.ts FOLDER: trains the two stages of folderPlan.ts in a folder, printing a line for each event.
import { selectBackend } from "@mammo/backend";
import { runInFolder } from "./folderPlan.ts";

await selectBackend({ prefer: "cpu" });
for await (const event of runInFolder(process.argv[2]!)) {
  process.stdout.write(`${event.stage} ${event.kind} ${"step" in event ? event.step : ""}\n`);
}
