// node writeForever.ts FILE: writes one generation after the other until it is killed.
import { writeFileAtomically } from "@mammo/files/node";

const path = process.argv[2]!;
for (let generation = 1; ; generation++) {
  await writeFileAtomically(path, new Uint8Array(new Float32Array(1 << 20).fill(generation).buffer));
  process.stdout.write(".");
}
