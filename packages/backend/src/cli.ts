#!/usr/bin/env node
import { parseArgs } from "node:util";
import { linkTensorflow } from "./link/linkTensorflow.ts";
import { findTfjsNode, unlink } from "./link/tfjsNode.ts";

/** The newest of the releases that passed every gradient and says nothing on its own when it starts (2.21 does). */
const version = "2.20.0";

const help = `mammo-backend link-tensorflow [--version ${version}] [--wheel FILE] [--sha256 HEX] [--cuda DIR] [--headers DIR] [--undo]
  Links the installed @tensorflow/tfjs-node or -gpu to the TensorFlow inside a Python wheel, and tests it.
  Before: npm install --ignore-scripts @tensorflow/tfjs-node@4.22.0   (or @tensorflow/tfjs-node-gpu)
  --wheel    a wheel that is there already (default: pip fetches one: tensorflow for tfjs-node-gpu, tensorflow-cpu for tfjs-node)
  --sha256   what the wheel must be; wheels of known releases are checked without it
  --cuda     the folder site-packages/nvidia of a Python with "tensorflow[and-cuda]" of the same version, where CUDA is not installed otherwise
  --headers  the folder with node_api.h (default: this Node's)
  --undo     puts back what was there`;

try {
  await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      version: { type: "string", default: version },
      wheel: { type: "string" },
      sha256: { type: "string" },
      cuda: { type: "string" },
      headers: { type: "string" },
      undo: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  if (values.help) return say(help);
  if (positionals.join(" ") !== "link-tensorflow")
    throw new Error(`Expected the command link-tensorflow, got ${positionals.join(" ") || "none"}\n${help}`);
  const project = process.cwd();
  if (values.undo) return unlink(findTfjsNode(project));
  const { undo: _undo, help: _help, ...given } = values;
  await linkTensorflow({ project, say, ...given });
}
