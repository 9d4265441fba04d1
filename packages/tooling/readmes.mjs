import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { command, tail } from "./command.mjs";
import { catalogVersion, published } from "./packages.mjs";
import { root, tsxUrl } from "./setup.mjs";

/** The ```ts blocks of each published package's README: file name and code. */
export function readmeExamples() {
  return published.flatMap(({ name, folder }) => {
    const path = join(folder, "README.md");
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1]);
    return blocks.map((code, i) => ({ package: name, file: `${name.split("/")[1]}-${i + 1}.ts`, code }));
  });
}

/** What the examples import that is not ours, as npm installs it: the tfjs peers a reader is told to add. */
export function examplePeers(examples) {
  const imports = examples.flatMap(({ code }) => [...code.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1]));
  const names = imports
    .filter((name) => !/^(node:|@mammo\/|\.)/.test(name))
    .map((name) =>
      name
        .split("/")
        .slice(0, name.startsWith("@") ? 2 : 1)
        .join("/"),
    );
  return [...new Set(names)].map((name) => `${name}@${catalogVersion(name)}`);
}

/** Type-checks and runs the examples in a project that has the packages installed. */
export async function runExamples(project, examples) {
  const files = examples.map(({ file }) => file);
  for (const { file, code } of examples) writeFileSync(join(project, file), code);
  const compilerOptions = {
    strict: true,
    noUncheckedIndexedAccess: true,
    target: "ES2022",
    module: "NodeNext",
    noEmit: true,
    skipLibCheck: true,
    types: ["node"],
    typeRoots: [join(root, "node_modules/@types")],
  };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  const checks = published.map(({ name }) => ({
    name: `${name} README has an example`,
    ok: examples.some((example) => example.package === name),
    output: "Expected a block of ts",
  }));
  const types = await command("tsc", ["--project", project]);
  checks.push({
    name: "README examples compile against the shipped types, strict and with noUncheckedIndexedAccess",
    ok: types.ok,
    output: tail(types.output),
  });
  for (const { package: name, file } of examples) {
    const run = await command(process.execPath, ["--import", tsxUrl(), file], { cwd: project, seconds: 120 });
    checks.push({ name: `${name} README: ${file}`, ok: run.ok, output: tail(run.output) });
  }
  return checks;
}
