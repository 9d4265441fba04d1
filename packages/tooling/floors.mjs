// npm run floors: who imports whom. Prints the packages floor by floor and fails on an arrow up, a circle of files, or an import against the rules below.
// The rules are docs/architecture.md's; this file is the only place that holds them as data.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { answerHelp } from "./help.mjs";
import { root } from "./setup.mjs";

/** Floors from the top down: a package may import what its floor names below it. `tensors`: may import tfjs-core; `backends`: tfjs backends too. */
const floors = [
  { floor: "programs", packages: ["examples", "bench", "checks"], mayImport: "all", tensors: true, backends: true },
  { floor: "pipeline", packages: ["pipeline"], mayImport: "all", tensors: true },
  { floor: "tensors", packages: ["models", "train"], mayImport: "leaves", tensors: true },
  { floor: "tensors", packages: ["backend"], mayImport: "leaves", tensors: true, backends: true },
  { floor: "numbers", packages: ["io", "ensemble", "metrics", "phantom"], mayImport: "leaves" },
  // Its own process runs the self-test of the backend that it has linked.
  { floor: "numbers", packages: ["native-tensorflow"], mayImport: "leaves", dependsOn: ["backend"] },
  { floor: "leaves", packages: ["mammogram", "weights", "files"], mayImport: "nothing" },
];

/** Packages whose folders are floors of their own, from the top down: imports go down only. */
const folderFloors = { io: ["scale", "cohort", "exam", "image", "dicom"] };

const leaves = floors.find(({ floor }) => floor === "leaves").packages;
const programs = floors.find(({ floor }) => floor === "programs").packages;

/** Folders that hold no shipped code and stand on no floor. */
const development = ["testing", "tooling"];

/** Reads a whole repository: a row a package, and what is wrong. */
export function readFloors(repository = root) {
  const folderOf = (name) => join(repository, name === "examples" ? name : join("packages", name));
  const faults = [];
  const rows = floors.flatMap(({ floor, packages, ...rules }) =>
    packages
      .filter((name) => existing(folderOf(name)))
      .map((name) => readPackage(name, { repository, folder: folderOf(name), floor, ...rules }, faults)),
  );
  const placed = [...development, ...floors.flatMap(({ packages }) => packages)];
  for (const name of readdirSync(join(repository, "packages")))
    if (!placed.includes(name)) faults.push(`packages/${name} stands on no floor: name it in packages/tooling/floors.mjs`);
  return { rows, faults };
}

function readPackage(name, { repository, folder, floor, mayImport, dependsOn = [], tensors = false, backends = false }, faults) {
  const mayUse = (ours) => mayImport === "all" || (mayImport === "leaves" && leaves.includes(ours));
  for (const ours of dependenciesOf(folder))
    if (!mayUse(ours) && !dependsOn.includes(ours)) faults.push(`${relative(repository, folder)}/package.json depends on @mammo/${ours}`);
  const sources = name === "examples" ? folder : join(folder, "src");
  const files = sourceFiles(sources).map(parse);
  const imported = new Set();
  for (const { path, imports } of files)
    for (const specifier of imports) {
      const fault = (what) => faults.push(`${relative(repository, path)} imports ${specifier}: ${what}`);
      const ours = /^@mammo\/([^/]+)/.exec(specifier)?.[1];
      if (ours) {
        imported.add(ours);
        if (ours === name) fault("a package does not import itself by its name");
        else if (mayImport === "nothing") fault("a leaf imports no other package");
        else if (mayImport === "leaves" && !leaves.includes(ours)) fault(`only leaves (${leaves.join(", ")}) may be imported here`);
        else if (programs.includes(ours) && !programs.includes(name)) fault("programs are imported by nobody below them");
      }
      if (/^@tensorflow\//.test(specifier) && !tensors) fault("this package holds no tensors");
      if (/^@tensorflow\/tfjs-(backend|node)/.test(specifier) && !backends) fault("the backend is the application's choice");
      if (specifier.startsWith(".")) {
        const target = join(dirname(path), specifier);
        if (relative(folder, target).startsWith("..")) fault("it leaves the package");
        if (target === join(sources, "index.ts")) fault("no file imports its package's index");
        const order = folderFloors[name];
        if (order && floorOf(relative(sources, path), order) > floorOf(relative(sources, target), order)) fault("an arrow up");
      }
    }
  for (const circle of circlesOf(files)) faults.push(`circle: ${circle.map((path) => relative(repository, path)).join(" -> ")}`);
  const lines = files.map((file) => file.lines).sort((a, b) => a - b);
  return {
    floor,
    name,
    imports: [...imported].sort(),
    files: files.length,
    lines: lines.reduce((sum, count) => sum + count, 0),
    median: lines[Math.floor((lines.length - 1) / 2)] ?? 0,
    largest: lines.at(-1) ?? 0,
    longFunctions: files.reduce((sum, file) => sum + file.longFunctions, 0),
  };
}

/** Those of ours that an installed package brings along. */
function dependenciesOf(folder) {
  const path = join(folder, "package.json");
  if (!existsSync(path)) return [];
  const { dependencies = {}, peerDependencies = {}, optionalDependencies = {} } = JSON.parse(readFileSync(path, "utf8"));
  return Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies })
    .filter((name) => name.startsWith("@mammo/"))
    .map((name) => name.slice("@mammo/".length));
}

/** Higher is deeper; entry files at the root stand above all folders. */
function floorOf(path, order) {
  const [folder, ...inside] = path.split("/");
  return inside.length === 0 ? -1 : order.indexOf(folder);
}

/** A file's imports, lines, and functions of more than 40 lines. TypeScript is loaded when it is needed: before the set-up there is none. */
function parse(path) {
  const ts = createRequire(import.meta.url)("typescript");
  const text = readFileSync(path, "utf8");
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const imports = [];
  let longFunctions = 0;
  const visit = (node) => {
    const specifier =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
          ? node.arguments[0]
          : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
            ? node.argument.literal
            : undefined;
    if (specifier && ts.isStringLiteral(specifier)) imports.push(specifier.text);
    if (ts.isFunctionLike(node) && node.body) {
      const [begin, end] = [node.getStart(source), node.end].map((place) => source.getLineAndCharacterOfPosition(place).line);
      if (end - begin + 1 > 40) longFunctions++;
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { path, imports, lines: text.split("\n").length - 1, longFunctions };
}

/** Circles of files, type imports included: each strongly connected part of more than one file (Tarjan 1972). */
function circlesOf(files) {
  const known = new Set(files.map(({ path }) => path));
  const targets = new Map(
    files.map(({ path, imports }) => [
      path,
      imports
        .filter((specifier) => specifier.startsWith("."))
        .map((specifier) => join(dirname(path), specifier))
        .filter((target) => known.has(target)),
    ]),
  );
  const index = new Map();
  const low = new Map();
  const stack = [];
  const circles = [];
  const visit = (path) => {
    index.set(path, index.size);
    low.set(path, index.get(path));
    stack.push(path);
    for (const target of targets.get(path)) {
      if (!index.has(target)) visit(target);
      if (stack.includes(target)) low.set(path, Math.min(low.get(path), low.get(target)));
    }
    if (low.get(path) !== index.get(path)) return;
    const part = stack.splice(stack.indexOf(path));
    if (part.length > 1 || targets.get(path).includes(path)) circles.push(part);
  };
  for (const path of targets.keys()) if (!index.has(path)) visit(path);
  return circles;
}

function sourceFiles(folder) {
  if (!existing(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !/\.d\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => !/node_modules|[\\/](dist|generated)[\\/]|[\\/]test[\\/]|\.test\.ts$/.test(path))
    .sort();
}

function existing(folder) {
  try {
    return readdirSync(folder).length > 0;
  } catch {
    return false;
  }
}

/** The table as text. */
function table(rows) {
  const heads = ["floor", "package", "files", "lines", "median", "largest", "functions > 40 lines", "imports of ours"];
  const cells = rows.map((row) => [
    row.floor,
    row.name,
    row.files,
    row.lines,
    row.median,
    row.largest,
    row.longFunctions,
    row.imports.join(" ") || "none",
  ]);
  const all = [heads, ...cells].map((row) => row.map(String));
  const widths = heads.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => (column >= 2 && column <= 6 ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** As a step of npm test: one check a package, and one for each fault. */
export async function floorsStep() {
  const { rows, faults } = readFloors();
  return {
    checks: [
      ...rows.map(({ name }) => ({ name: `floors: ${name}`, ok: true, output: "" })),
      ...faults.map((fault) => ({ name: `floors: ${fault}`, ok: false, output: fault })),
    ],
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  answerHelp("npm run floors: prints who imports whom, floor by floor, and fails on an arrow up, a circle of files or an import against the rules.");
  const { rows, faults } = readFloors();
  console.log(table(rows));
  for (const fault of faults) console.log(`FAIL ${fault}`);
  console.log(`${rows.length} packages, ${faults.length} faults`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
