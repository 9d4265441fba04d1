// Makes src/generated: what the sources need and Node cannot load, or only a compiler can make. `pnpm install` runs it as the package's `prepare`.
import { mkdirSync, writeFileSync } from "node:fs";
import { bundleGradients } from "./bundleGradients.mjs";
import { compileKernels } from "./compileKernels.mjs";
import { fingerprint } from "./fingerprint.mjs";

const generated = new URL("../src/generated/", import.meta.url);
mkdirSync(generated, { recursive: true });
const files = { ...(await bundleGradients()), ...(await compileKernels()), "fingerprint.txt": `${fingerprint()}\n` };
for (const [name, text] of Object.entries(files)) writeFileSync(new URL(name, generated), text);
