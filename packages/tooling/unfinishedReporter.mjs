import { writeFileSync } from "node:fs";

/** A vitest reporter that keeps the list of test files still running in the file MAMMO_UNFINISHED: what hangs can be named. */
export default function unfinishedReporter() {
  const running = new Set();
  const write = () => writeFileSync(process.env.MAMMO_UNFINISHED, [...running].sort().join("\n"));
  return {
    onTestModuleQueued(module) {
      running.add(module.relativeModuleId);
      write();
    },
    onTestModuleEnd(module) {
      running.delete(module.relativeModuleId);
      write();
    },
  };
}
