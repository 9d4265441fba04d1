// The README's examples run as they stand, in a folder with a mammogram in it.
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mammogram } from "./writeDicom.ts";

const text = await readFile(new URL("../README.md", import.meta.url), "utf8");
const examples = [...text.matchAll(/^```(?:js|ts)\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
/** Those that need what a test does not have: a server, a worker's scope, a cohort. They have to be whole all the same. */
const needsMore = /pacs\.example|serveReads|readDreamCohort/;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(fileURLToPath(new URL("../node_modules/", import.meta.url)), ".readme-"));
  const bytes = mammogram({ extra: [[0x0020_000e, "UI", "1.2.3.5"]] });
  await mkdir(join(folder, "archive"));
  await writeFile(join(folder, "view.dcm"), bytes);
  await cp(join(folder, "view.dcm"), join(folder, "archive", "view.dcm"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the README's examples", () => {
  it("are there", () => expect(examples.length).toBeGreaterThan(7));

  it.each(examples.map((code, at) => [at + 1, code] as const))("number %i runs", { timeout: 60_000 }, async (number, code) => {
    const [source, made] = [join(folder, `${number}.mjs`), join(folder, `${number}.bundle.mjs`)];
    await writeFile(source, code);
    await build({
      entryPoints: [source],
      outfile: made,
      bundle: true,
      conditions: ["@mammo/source"],
      format: "esm",
      platform: "node",
      external: ["@cornerstonejs/*", "dicom-parser", "piscina", "hyparquet", "hyparquet-writer"],
      logLevel: "silent",
    });
    expect(code).toMatch(/^import /m);
    if (needsMore.test(code)) return;
    const { stderr } = await promisify(execFile)(process.execPath, ["--no-warnings", made], { cwd: folder, timeout: 50_000 });
    expect(stderr).toBe("");
  });
});
