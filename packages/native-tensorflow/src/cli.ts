#!/usr/bin/env node
import { parseArgs } from "node:util";
import { defaultVersion, linkTensorflow } from "./linkTensorflow.ts";
import { unlinkTensorflow } from "./unlinkTensorflow.ts";

const usage = `mammo-native-tensorflow link [--version ${defaultVersion}] [--wheel FILE] [--sha256 HEX] [--cuda DIR] [--headers DIR]
mammo-native-tensorflow unlink
  link       links the tfjs-node or tfjs-node-gpu of this folder's project to the TensorFlow inside a Python wheel, and tests it
  unlink     restores what was there before
Before: npm install --ignore-scripts @tensorflow/tfjs-node@4.22.0   (or @tensorflow/tfjs-node-gpu)
  --version  of TensorFlow, for pip
  --wheel    a wheel on this machine (default: pip fetches one: tensorflow for tfjs-node-gpu, tensorflow-cpu for tfjs-node)
  --sha256   the wheel's expected SHA-256; only wheels of known releases are taken without it
  --cuda     the folder site-packages/nvidia of a Python with "tensorflow[and-cuda]" of the same version, where CUDA is not installed otherwise
  --headers  the folder with node_api.h (default: this Node's)`;

const text = { type: "string" } as const;

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { version: text, wheel: text, sha256: text, cuda: text, headers: text, help: { type: "boolean" } },
  });
  const { help, ...given } = values;
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  const project = process.cwd();
  if (help) print(usage);
  else if (positionals.join(" ") === "link") await linkTensorflow({ project, onProgress: print, ...given });
  else if (positionals.join(" ") === "unlink") unlinkTensorflow(project);
  else throw new Error(`Expected link or unlink, got ${positionals.join(" ") || "nothing"}\n${usage}`);
}

await run().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
