// node packages/tooling/run.mjs PROGRAM.ts [arguments]: sets up, then runs the program from its TypeScript source.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { follow } from "./follow.mjs";
import { nodeArguments, root, setup } from "./setup.mjs";

const [program, ...rest] = process.argv.slice(2);
setup();
const watch = ["--import", fileURLToPath(new URL("./endWithParent.mjs", import.meta.url))];
// npm changes to the root of the repository; paths on the command line are relative to the folder where it was typed.
follow(process.execPath, [...nodeArguments(), ...watch, join(root, program), ...rest], { cwd: process.env.INIT_CWD ?? process.cwd() });
