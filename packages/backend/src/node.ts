/** True in Node, also in its worker threads. */
export const isNode = (): boolean => typeof process !== "undefined" && typeof process.versions?.node === "string";

type Builtins = {
  "node:child_process": typeof import("node:child_process");
  "node:worker_threads": typeof import("node:worker_threads");
  "node:module": typeof import("node:module");
  "node:os": typeof import("node:os");
  "node:v8": typeof import("node:v8");
  "node:url": typeof import("node:url");
  "node:util": typeof import("node:util");
};

/** A module of Node itself, fetched without an import statement so that bundlers for browsers find nothing to resolve. */
export function nodeModule<Name extends keyof Builtins>(name: Name): Builtins[Name] {
  const found = process.getBuiltinModule(name) as Builtins[Name] | undefined;
  if (!found) throw new Error(`Expected Node's own module ${name}, got none`);
  return found;
}
