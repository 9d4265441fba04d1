// node saveForever.ts FILE: saves one generation after the other until it is killed.

import { saveBytes } from "../src/node/files.ts";
import { encodeSafetensors } from "../src/safetensors.ts";

const path = process.argv[2]!;
for (let generation = 1; ; generation++) {
  const data = new Float32Array(1 << 20).fill(generation);
  await saveBytes(path, encodeSafetensors({ arrays: { generation: { shape: [data.length], data } }, metadata: {} }));
  process.stdout.write(".");
}
