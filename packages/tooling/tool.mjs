// node packages/tooling/tool.mjs PROGRAM [arguments]: sets up, then runs a tool (turbo, tsc, biome, vitest, typedoc) at the root of the repository.
import { follow } from "./follow.mjs";
import { root, setup, toolEnvironment } from "./setup.mjs";

const [program, ...rest] = process.argv.slice(2);
setup();
follow(program, rest, { cwd: root, env: toolEnvironment() });
