// Writes, claims and locks without an end; SIGTERM ends it as a program does that leaves nothing behind.
import { join } from "node:path";
import { atomicFile, claimFolder, removeAtExit, writeFileAtomically } from "@mammo/files/node";

const [folder = ""] = process.argv.slice(2);
process.once("SIGTERM", () => process.exit(143));
const claimed = await claimFolder(folder, { program: "test", isOwn: () => false });
removeAtExit(join(folder, "work"));
process.stdout.write("begun");
for (;;) {
  const waits = await atomicFile(join(folder, "work", "waits"));
  await waits.write(new Uint8Array(1 << 16));
  await writeFileAtomically(join(folder, "work", "done"), new Uint8Array(1 << 16));
  const inner = await claimFolder(join(folder, "work", "inner"), { program: "test", isOwn: () => true });
  await inner.release();
  await waits.discard();
  if (folder === "") await claimed.release();
}
