// The packages as they ship: packed, looked at by publint and attw, installed into an empty project, imported, their READMEs run.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { command, tail } from "./command.mjs";
import { declarations } from "./declarations.mjs";
import { emptyProject, entryPoints, inTemporaryFolder, packAll } from "./packages.mjs";
import { examplePeers, readmeExamples, runExamples } from "./readmes.mjs";

const newerNode = "24.21.0";

/** Checks of the tarballs: publint, attw, what npm will show. */
export function tarballs() {
  return inTemporaryFolder(async (folder) => {
    const checks = [];
    for (const [name, tarball] of await packAll(folder)) {
      const publint = await command("publint", [tarball, "--strict"]);
      checks.push({ name: `publint ${name}`, ok: publint.ok, output: tail(publint.output) });
      const attw = await command("attw", [tarball, "--profile", "esm-only", "--no-emoji"]);
      checks.push({ name: `attw ${name}`, ok: attw.ok, output: tail(attw.output) });
      const listed = (await command("tar", ["-tzf", tarball])).stdout.split("\n");
      for (const file of ["package/LICENSE", "package/README.md"])
        checks.push({ name: `${name} ships ${file}`, ok: listed.includes(file), output: listed.join("\n") });
      const relative = relativeLinks((await command("tar", ["-xzOf", tarball, "package/README.md"])).stdout);
      checks.push({ name: `${name}: links of its README work on npm`, ok: relative.length === 0, output: relative.join("\n") });
    }
    return { checks };
  });
}

/** Targets that lead nowhere once the page is on npm: neither a whole address nor a place on the page. */
function relativeLinks(text) {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target).filter((target) => !/^(https:\/\/|#)/.test(target));
}

/** Installs all tarballs into an empty project; imports each entry on this Node and on a newer one; runs the README examples; reads the declarations without skipLibCheck. */
export function installed() {
  return inTemporaryFolder(async (folder) => {
    const packed = await packAll(join(folder, "packed"));
    const project = join(folder, "project");
    const examples = readmeExamples();
    await emptyProject(project, [...packed.values(), ...examplePeers(examples)]);
    const nodes = { [process.version]: process.execPath, [`v${newerNode}`]: await nodeFromNpm(join(folder, "node"), newerNode) };
    const checks = [];
    for (const [version, node] of Object.entries(nodes)) {
      for (const specifier of entryPoints) {
        const program = `const all = await import(${JSON.stringify(specifier)}); if (Object.keys(all).length === 0) throw new Error("Expected exports, got none");`;
        const file = join(project, "import.mjs");
        writeFileSync(file, program);
        const run = await command(node, [file], { cwd: project, seconds: 60 });
        checks.push({ name: `import ${specifier} on Node ${version}`, ok: run.ok, output: tail(run.output) });
      }
    }
    checks.push(...(await runExamples(project, examples)), ...(await declarations(project)));
    return { checks };
  });
}

/** A Node of another version: npm's `node` package only picks one of these by an install script, which is not run here. */
async function nodeFromNpm(folder, version) {
  const { platform, arch } = process;
  const name = platform === "win32" ? `node-win-${arch}` : `node-${platform}-${arch}`;
  await emptyProject(folder, [`${name}@${version}`]);
  return join(folder, "node_modules", name, "bin", platform === "win32" ? "node.exe" : "node");
}

/** Sizes against .size-limit.json, one check each. */
export async function sizes() {
  const run = await command("size-limit", ["--json"]);
  let results;
  try {
    results = JSON.parse(run.stdout);
  } catch {
    return { checks: [{ name: "size-limit", ok: false, output: tail(run.output) }] };
  }
  const checks = results.map(({ name, size, sizeLimit, passed }) => ({
    name: `${name}: ${size} of ${sizeLimit} bytes`,
    ok: passed === true,
    output: "",
  }));
  return { checks, notes: results.map(({ name, size }) => `${name} ${(size / 1000).toFixed(1)} kB`) };
}
