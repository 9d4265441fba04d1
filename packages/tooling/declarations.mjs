// The declarations as they ship, read by a compiler that skips no library.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { command, tail } from "./command.mjs";
import { published } from "./packages.mjs";
import { root } from "./setup.mjs";

/** Subpaths that need Node, and its types. */
const isOfNode = (specifier) => /\/(node|shards)$/.test(specifier) || specifier === "@mammo/native-tensorflow";

/** In a project that has the packages installed: errors are none, or others' own, of which the README then tells. */
export async function declarations(project) {
  const checks = [];
  for (const { name, folder, manifest } of published) {
    const entries = Object.keys(manifest.exports)
      .filter((path) => !path.endsWith(".json"))
      .map((path) => name + path.slice(1));
    for (const [where, specifiers] of [
      ["browsers", entries.filter((entry) => !isOfNode(entry))],
      ["Node", entries],
    ]) {
      if (specifiers.length === 0) continue;
      const errors = await errorsOf(project, specifiers, where === "Node" ? ["node"] : []);
      const ours = errors.filter((line) => !line.startsWith("node_modules/@tensorflow/") && !line.startsWith("node_modules/@webgpu/"));
      checks.push({ name: `${name}: its declarations stand without skipLibCheck (${where})`, ok: ours.length === 0, output: tail(ours.join("\n")) });
      if (errors.length > ours.length) {
        const told = readFileSync(join(folder, "README.md"), "utf8").includes("`skipLibCheck: true`");
        checks.push({
          name: `${name}: its README tells of skipLibCheck, which TensorFlow.js needs (${where})`,
          ok: told,
          output: tail(errors.join("\n"), 3),
        });
      }
    }
  }
  return checks;
}

/** The compiler's lines, one an error. */
async function errorsOf(project, specifiers, types) {
  const compilerOptions = {
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    target: "ES2022",
    lib: ["ES2023", "DOM", "DOM.Iterable"],
    module: "NodeNext",
    noEmit: true,
    skipLibCheck: false,
    types,
    typeRoots: [join(root, "node_modules/@types")],
  };
  const lines = specifiers.map((specifier, at) => `export * as all${at} from ${JSON.stringify(specifier)};`);
  writeFileSync(join(project, "declarations.ts"), `${lines.join("\n")}\n`);
  writeFileSync(join(project, "tsconfig.declarations.json"), JSON.stringify({ compilerOptions, files: ["declarations.ts"] }));
  const { output } = await command("tsc", ["--project", "tsconfig.declarations.json", "--pretty", "false"], { cwd: project });
  return output.split("\n").filter((line) => /error TS\d+/.test(line));
}
