import { fork } from "node:child_process";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../setup.mjs";

const program = fileURLToPath(new URL("warmVitest.mjs", import.meta.url));

/** Runs test files of a copy of the repository in a vitest that stays; one that hangs is ended with all it started, and the next call starts another. */
export function suiteRunner(copy, env = {}) {
  let child;
  const end = () => {
    if (!child) return;
    const { pid } = child;
    child = undefined;
    try {
      process.kill(-pid, "SIGKILL");
    } catch (error) {
      if (error.code !== "ESRCH") throw error; // it has ended by itself
    }
  };
  process.once("exit", end);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

  /** { files, changed, reach } -> { ok, isBroken, output, seconds }; a run that takes longer than `seconds`, dies or cannot start is broken, and not ok. */
  const run = (task, seconds) =>
    new Promise((resolve) => {
      child ??= fork(program, [], {
        cwd: copy,
        env: { ...process.env, PATH: [join(root, "node_modules/.bin"), process.env.PATH].join(delimiter), NODE_ENV: "test", ...env },
        detached: true,
        silent: true,
      });
      const own = child;
      let said = "";
      for (const stream of [own.stdout, own.stderr])
        stream.removeAllListeners("data").on("data", (bytes) => {
          said = `${said}${bytes}`.slice(-2000);
        });
      const done = (answer) => {
        clearTimeout(limit);
        own.removeAllListeners("message").removeAllListeners("exit");
        resolve(answer);
      };
      const fail = (output) => {
        end();
        done({ ok: false, isBroken: true, output, seconds: {} });
      };
      const limit = setTimeout(() => fail(`ended after ${seconds.toFixed(0)} s\n${said}`), seconds * 1000);
      own.once("message", done);
      own.once("exit", (code) => fail(`vitest ended with ${code}\n${said}`));
      own.send(task);
    });
  return { run, end };
}
