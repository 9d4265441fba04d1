// Brings a fresh clone to the point where any program of the house can run; needs Node and npm, nothing else.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Installs the dependencies of the lockfile, unless this very lockfile has been installed already. */
export function setup() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) fail(`Expected Node >= 20.19, got ${process.versions.node}`);
  const stamp = join(root, "node_modules", ".mammo-setup");
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  process.stderr.write(`setting up: ${packageManager} install\n`);
  const pnpm = spawnSync("npx", ["--yes", packageManager, "install", "--frozen-lockfile", "--reporter=append-only"], {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
    maxBuffer: 1 << 26,
  });
  if (pnpm.status !== 0)
    fail(`Expected the dependencies to install, but ${packageManager} ended with ${pnpm.status ?? pnpm.error}\n${pnpm.stdout}${pnpm.stderr}`);
  writeFileSync(stamp, wanted);
}

/** Arguments for `node` that let it run the TypeScript sources of all packages. */
export function nodeArguments() {
  const tsx = createRequire(join(root, "package.json")).resolve("tsx");
  return ["--conditions=@mammo/source", "--import", pathToFileURL(tsx).href];
}

/** What an installation depends on: the lockfile and each package's own list. */
function fingerprint() {
  const hash = createHash("sha256");
  const folders = ["", "examples", ...readdirSync(join(root, "packages")).map((name) => join("packages", name))];
  const files = ["pnpm-lock.yaml", "pnpm-workspace.yaml", ...folders.map((folder) => join(folder, "package.json"))];
  for (const file of files) if (existsSync(join(root, file))) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
