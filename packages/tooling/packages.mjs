import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command, tail } from "./command.mjs";
import { root } from "./setup.mjs";

/** The packages that go to the registry: name, folder, manifest. */
export const published = readdirSync(join(root, "packages"))
  .map((name) => join(root, "packages", name))
  .filter((folder) => existsSync(join(folder, "package.json")))
  .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) }))
  .filter(({ manifest }) => !manifest.private)
  .map(({ folder, manifest }) => ({ name: manifest.name, folder, manifest }));

/** Every specifier that a user can import: "@mammo/io", "@mammo/io/node". */
export const entryPoints = published.flatMap(({ name, manifest }) =>
  Object.keys(manifest.exports)
    .filter((path) => !path.endsWith(".json"))
    .map((path) => name + path.slice(1)),
);

/** Packs each package as a release would; returns name -> tarball. */
export async function packAll(folder) {
  const tarballs = new Map();
  for (const { name, folder: from } of published) {
    const destination = join(folder, name.replace("/", "-").replace("@", ""));
    mkdirSync(destination, { recursive: true });
    const packed = await command("pnpm", ["pack", "--pack-destination", destination], { cwd: from });
    const [tarball] = readdirSync(destination);
    if (!packed.ok || !tarball) throw new Error(`Expected pnpm to pack ${name}\n${tail(packed.output)}`);
    tarballs.set(name, join(destination, tarball));
  }
  return tarballs;
}

/** The one version of a dependency in all packages. */
export function catalogVersion(name) {
  const line = readFileSync(join(root, "pnpm-workspace.yaml"), "utf8")
    .split("\n")
    .map((text) => /^\s{2}"?([^":]+)"?: (\S+)$/.exec(text))
    .find((match) => match?.[1] === name);
  if (!line) throw new Error(`Expected ${name} in the catalog of pnpm-workspace.yaml`);
  return line[2];
}

/** Runs `work` in a temporary folder and removes the folder, whatever happens: a signal too, where command.mjs answers it. */
export async function inTemporaryFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), "mammo-"));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  process.once("exit", remove);
  try {
    return await work(folder);
  } finally {
    remove();
    process.off("exit", remove);
  }
}

/** An empty project with these dependencies (as npm takes them), installed. Throws an error with npm's output when that fails. */
export async function emptyProject(folder, dependencies, { npmrc = "" } = {}) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
  writeFileSync(join(folder, ".npmrc"), npmrc);
  const installed = await command("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", ...dependencies], {
    cwd: folder,
    seconds: 240,
  });
  if (!installed.ok) throw new Error(`Expected npm to install ${dependencies.join(" ")}\n${tail(installed.output)}`);
}
