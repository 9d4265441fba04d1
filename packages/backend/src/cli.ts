#!/usr/bin/env node
import { parseArgs } from "node:util";
import { linkTensorflow } from "./link/linkTensorflow.ts";
import { findTfjsNode, unlink } from "./link/tfjsNode.ts";

const help = `mammo-backend link-tensorflow [--version 2.18.0] [--wheel FILE] [--sha256 HEX] [--headers DIR] [--undo]
  Links the installed @tensorflow/tfjs-node or -gpu to the TensorFlow inside a Python wheel, and tests it.
  Before: npm install --ignore-scripts @tensorflow/tfjs-node@4.22.0   (or @tensorflow/tfjs-node-gpu)
  --undo  puts back what was there`;

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
      version: { type: "string", default: "2.18.0" },
      wheel: { type: "string" },
      sha256: { type: "string" },
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
  const { wheel, sha256, headers, version } = values;
  await linkTensorflow({ project, version, say, ...(wheel ? { wheel } : {}), ...(sha256 ? { sha256 } : {}), ...(headers ? { headers } : {}) });
}
