import { runCommand } from "./runCommand.ts";

/**
 * Starts the TensorFlow of a linked package by `selectBackend` in a process of its own, where a crash is an error like any other; returns the device that computes.
 *
 * @throws NativeTensorflowError "link-failed" where it does not start or its gradients are wrong
 */
export function selfTestLinked(linked: string): string {
  const program = `import { selectBackend } from ${JSON.stringify(import.meta.resolve("@mammo/backend"))};
    console.log((await selectBackend({ prefer: "tensorflow" })).device);`;
  // Run from source, this process's own arguments hold the loader of TypeScript.
  const printed = runCommand(process.execPath, [...process.execArgv, "--input-type=module", "--eval", program], {
    code: "link-failed",
    folder: linked,
    environment: { MAMMO_TFJS_NODE: linked, MAMMO_BACKEND: "tensorflow" },
  });
  return printed.trim().split("\n").at(-1) ?? "";
}
