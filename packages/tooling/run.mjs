// node packages/tooling/run.mjs PROGRAM.ts [arguments]: sets up, then runs the program from its TypeScript source.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { nodeArguments, root, setup } from "./setup.mjs";

const [program, ...rest] = process.argv.slice(2);
setup();
// npm changes to the root of the repository; paths on the command line are relative to the folder where it was typed.
const child = spawn(process.execPath, [...nodeArguments(), join(root, program), ...rest], {
  stdio: "inherit",
  cwd: process.env.INIT_CWD ?? process.cwd(),
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
