// node packages/tooling/tool.mjs PROGRAM [arguments]: sets up, then runs a tool (turbo, tsc, biome, vitest, typedoc) at the root of the repository.
import { spawnSync } from "node:child_process";
import { root, setup, toolEnvironment } from "./setup.mjs";

const [program, ...rest] = process.argv.slice(2);
setup();
const { status, error } = spawnSync(program, rest, { cwd: root, env: toolEnvironment(), stdio: "inherit" });
if (error) process.stderr.write(`${error.message}\n`);
process.exit(status ?? 1);
