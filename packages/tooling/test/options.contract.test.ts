import { join, relative, resolve } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { published } from "../packages.mjs";
import { root } from "../setup.mjs";

/** Leaves import no other package: `files` belongs to the programs, the one door of `weights` checks for itself. */
const leaves = ["@mammo/files", "@mammo/mammogram"];

/** What looks like options and is data: an image, a box or a table of one's own may go in as it is, whatever else it holds. */
const data = new Set([
  ...["augmentIntensity", "breastMask", "cellBox", "classifyPair views", "compareLesions views", "compareWithBenchmarks published"],
  ...[
    "ddsmMetricsTable",
    "detectorClassOf",
    "encodeElements",
    "lesionLabel",
    "oppositePlace",
    "parseAlignments",
    "pectoralMask",
    "removeLeadMarkers",
  ],
]);

const settings = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config;
const { options: flags, fileNames } = ts.parseJsonConfigFileContent(settings, ts.sys, root);
const program = ts.createProgram(
  fileNames.filter((file) => !file.includes("/test/")),
  flags,
);
const checker = program.getTypeChecker();

const entries = published.flatMap(({ name, folder, manifest }) =>
  Object.entries(manifest.exports).flatMap(([path, target]) => {
    const source = typeof target === "string" ? undefined : target["@mammo/source"];
    return source === undefined || leaves.includes(name) ? [] : [{ entry: name + path.slice(1), file: resolve(folder, source) }];
  }),
);
const doors = entries.flatMap(({ entry, file }) =>
  checker
    .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)!)!)
    .map((symbol) => ({ name: symbol.name, real: symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol }))
    .filter(({ real }) => real.valueDeclaration !== undefined && !(real.flags & ts.SymbolFlags.Class))
    .flatMap(({ name, real }) =>
      checker
        .getTypeOfSymbol(real)
        .getCallSignatures()
        .slice(0, 1)
        .flatMap((signature) => doorsOf(signature, { entry, file, name })),
    ),
);

const names = new Set(doors.map(({ name }) => name));

/** A parameter that takes options. */
interface Door {
  readonly entry: string;
  readonly file: string;
  readonly name: string;
  readonly at: number;
  readonly parameters: readonly ts.ParameterDeclaration[];
}

function doorsOf(signature: ts.Signature, place: Omit<Door, "at" | "parameters">): Door[] {
  const parameters = signature.parameters.map(({ valueDeclaration }) => valueDeclaration as ts.ParameterDeclaration);
  return parameters.flatMap((parameter, at) => {
    const isData =
      data.has(place.name) ||
      (ts.isObjectBindingPattern(parameter.name)
        ? at === 1 && data.has(`${place.name} views`)
        : data.has(`${place.name} ${parameter.name.getText()}`));
    return !isData && takesOptions(parameter) ? [{ ...place, at, parameters }] : [];
  });
}

/** By its name, by its type's, or because nothing in it is needed. */
function takesOptions(parameter: ts.ParameterDeclaration): boolean {
  const type = checker.getNonNullableType(checker.getTypeAtLocation(parameter));
  const keys = checker.getPropertiesOfType(type);
  const isPlain = Boolean(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) && type.getCallSignatures().length === 0;
  if (!isPlain || keys.length === 0 || keys.some(({ name }) => name === "byteLength") || type.getNumberIndexType() || type.getStringIndexType())
    return false;
  const stated = parameter.type?.getText() ?? "";
  if (/\bLimits\b/.test(stated)) return false; // all of them are read by limitsOf, whose test is io's
  const isInline = ts.isObjectBindingPattern(parameter.name) && parameter.type !== undefined && ts.isTypeLiteralNode(parameter.type);
  const isNeedless = keys.every(({ flags }) => flags & ts.SymbolFlags.Optional);
  return (
    parameter.name.getText() === "options" ||
    /(Options|Plan|Run|Columns)\b/.test(stated) ||
    isInline ||
    isNeedless ||
    parameter.initializer !== undefined
  );
}

describe("options", () => {
  it("are taken by many functions", () => expect(doors.length).toBeGreaterThan(180));

  it.each(doors.map((door) => [`${door.name} of ${door.entry}, argument ${door.at + 1}`, door] as const))(
    "%s: a name that is not known is refused",
    async (_, door) => {
      const made = ((await import(door.file)) as Record<string, (...values: unknown[]) => unknown>)[door.name]!;
      const values = door.parameters.map(({ name }, at) => (at === door.at ? { noSuchOption: 1 } : ts.isArrayBindingPattern(name) ? [] : {}));
      const error = await settled(() => made(...values));
      expect(error).toBeInstanceOf(TypeError);
      expect(String(error)).toMatch(/^TypeError: Expected options of .* among .+, got noSuchOption/);
    },
  );

  it("are passed on inside without names that are refused", () => {
    const found = program
      .getSourceFiles()
      .filter(
        ({ fileName, isDeclarationFile }) =>
          !isDeclarationFile && relative(root, fileName).startsWith(fileName.includes("/examples/") ? "examples" : "packages"),
      )
      .flatMap((source) =>
        callsIn(source).flatMap((call) =>
          tooMuch(call).map((name) => `${relative(root, source.fileName)}: ${call.expression.getText()} gets ${name}`),
        ),
      );
    expect(found).toEqual([]);
  });
});

/** What a call throws, at once, as a promise, or when its first value is asked for. */
async function settled(call: () => unknown): Promise<unknown> {
  try {
    const made = await call();
    await (made as Partial<AsyncGenerator> | undefined)?.next?.();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Calls of what has doors, by its own name. */
function callsIn(source: ts.SourceFile): ts.CallExpression[] {
  const calls: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && names.has(node.expression.getText())) calls.push(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return calls;
}

/** The names in an argument that its door would refuse, as far as types tell. */
function tooMuch(call: ts.CallExpression): string[] {
  const declaration = checker.getResolvedSignature(call)?.declaration;
  const refused = doors.filter(({ parameters }) => parameters[0]?.parent === declaration);
  return refused.flatMap(({ at, parameters }) => {
    const given = call.arguments[at];
    if (given === undefined) return [];
    const namesOf = (type: ts.Type) => checker.getPropertiesOfType(checker.getNonNullableType(type)).map(({ name }) => name);
    const known = namesOf(checker.getTypeAtLocation(parameters[at]!));
    return namesOf(checker.getTypeAtLocation(given)).filter((name) => !known.includes(name));
  });
}
