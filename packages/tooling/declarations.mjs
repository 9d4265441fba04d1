// The declarations as they ship, read by a compiler that skips no library.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { command, tail } from "./command.mjs";
import { published } from "./packages.mjs";
import { root } from "./setup.mjs";

/** Subpaths that need Node's types. dicom-parser, which one of them names, does so itself. */
const isOfNode = (specifier) => /\/(node|shards|dicom-parser)$/.test(specifier) || specifier === "@mammo/native-tensorflow";

/** In a project that has the packages installed: there are no errors, or only those of TensorFlow.js, of which the README tells. */
export async function declarations(project) {
  const packages = published.map(({ name, folder, manifest }) => ({
    entries: Object.keys(manifest.exports)
      .filter((path) => !path.endsWith(".json"))
      .map((path) => name + path.slice(1)),
    isTold: readFileSync(join(folder, "README.md"), "utf8").includes("`skipLibCheck: true`"),
  }));
  const checks = [];
  for (const where of ["browsers", "Node"])
    for (const isTold of [false, true]) {
      const all = packages.filter((one) => one.isTold === isTold).flatMap((one) => one.entries);
      const entries = where === "Node" ? all : all.filter((entry) => !isOfNode(entry));
      const errors = await errorsOf(project, entries, where === "Node" ? ["node"] : []);
      const [theirs, ours] = [true, false].map((of) => errors.filter((line) => /^node_modules\/@(tensorflow|webgpu)\//.test(line) === of));
      const name = isTold ? "declarations without skipLibCheck: no errors but TensorFlow.js's" : "declarations without skipLibCheck: no errors";
      const ok = ours.length === 0 && (isTold || theirs.length === 0);
      checks.push({ name: `${name} (${where}: ${entries.join(", ")})`, ok, output: tail([...ours, ...(isTold ? [] : theirs)].join("\n")) });
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
