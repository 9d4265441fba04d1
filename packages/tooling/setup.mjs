// Brings a fresh clone to the point where any program of the repository can run; needs Node and npm, nothing else.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Its name and version, and the SHA-512 of its tarball that checkPackageManager.mjs compares. */
export const [packageManager, packageManagerHash] = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).packageManager.split("+sha512.");

/** Installs the dependencies of the lockfile and makes the generated sources, unless both were made from these very files. */
export function setup() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) fail(`Expected Node >= 20.19, got ${process.versions.node}`);
  const stamp = join(root, "node_modules", ".mammo-setup");
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  process.stderr.write(`setting up: ${packageManager} install\n`);
  pnpm("install", "--frozen-lockfile", "--ignore-scripts", "--reporter=append-only");
  // Only our own packages may run a script: backend compiles its kernels here.
  pnpm("--recursive", "--if-present", "run", "prepare");
  writeFileSync(stamp, wanted);
}

function pnpm(...args) {
  const { status, error, stdout, stderr } = spawnSync("npx", ["--yes", packageManager, ...args], {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
    maxBuffer: 1 << 26,
  });
  if (status !== 0) fail(`Expected ${packageManager} ${args.join(" ")} to succeed, but it ended with ${status ?? error}\n${stdout}${stderr}`);
}

/** Arguments for `node` that let it run the TypeScript sources of all packages. */
export function nodeArguments() {
  return ["--conditions=@mammo/source", "--import", tsxUrl()];
}

/** The loader that lets `node --import` run TypeScript. */
export function tsxUrl() {
  return pathToFileURL(createRequire(join(root, "package.json")).resolve("tsx")).href;
}

let found;
/** This process's environment with the repository's tools and pnpm on PATH: turbo starts `pnpm` by its name. */
export function toolEnvironment() {
  if (!found) {
    const where = process.platform === "win32" ? "where pnpm" : "command -v pnpm";
    const answer = spawnSync("npx", ["--yes", "--package", packageManager, "--call", where], { cwd: root, encoding: "utf8" });
    const pnpm = answer.stdout?.trim().split("\n").at(-1);
    if (answer.status !== 0 || !pnpm) fail(`Expected npx to provide ${packageManager}, got ${answer.status}: ${answer.stderr}`);
    found = {
      ...process.env,
      DO_NOT_TRACK: "1",
      TURBO_TELEMETRY_DISABLED: "1",
      PATH: [join(root, "node_modules/.bin"), dirname(pnpm), process.env.PATH].join(delimiter),
    };
  }
  return found;
}

/** What an installation depends on: the lockfile, each package's own list, and what a `prepare` script works from. */
function fingerprint() {
  const hash = createHash("sha256");
  const packages = readdirSync(join(root, "packages")).map((name) => join("packages", name));
  const lists = ["", "examples", ...packages].map((folder) => join(folder, "package.json"));
  const sources = packages.flatMap((name) => ["scripts", "assembly"].flatMap((folder) => filesOf(join(name, folder))));
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", ...lists, ...sources])
    if (existsSync(join(root, file))) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

function filesOf(folder) {
  if (!existsSync(join(root, folder))) return [];
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
    .sort();
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
