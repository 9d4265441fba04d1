// dicom-parser behind our walk: hostile files end typed, readable ones give the DataSet that viewers know.
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { dataFolder } from "@mammo/testing";
import dicomParser from "dicom-parser";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { parseGuarded } from "../src/dicomParser.ts";
import { DicomError, parseDicom, readMammogram } from "../src/index.ts";
import { deidentify } from "../src/write.ts";
import { breastFiles } from "./breastFiles.ts";
import { corpus } from "./hostile/corpus.ts";
import { concat, dataSet, type Element, mammogram, part10 } from "./writeDicom.ts";

const refused = async (bytes: Uint8Array): Promise<string> =>
  parseGuarded(bytes).then(
    () => "read",
    (error: unknown) => (error instanceof DicomError ? error.code : `untyped: ${String(error)}`),
  );

describe("parseGuarded", () => {
  it.each([...breastFiles()])("gives the DataSet of a file of %s, and readMammogram takes it", async (_syntax, bytes) => {
    const guarded = await parseGuarded(bytes);
    expect([guarded.string("x00185101"), guarded.uint16("x00280100")]).toEqual(["CC", expect.any(Number)]);
    const [ours, theirs] = [await readMammogram(bytes), await readMammogram(guarded)];
    expect(Buffer.from(theirs.image.pixels.buffer).equals(Buffer.from(ours.image.pixels.buffer))).toBe(true);
    expect(theirs.header.transferSyntaxUid).toBe(ours.header.transferSyntaxUid);
  });

  it("hands on a DataSet that dicom-parser made by itself of a deflated file", async () => {
    // Its own way needs a group length of four bytes, as writers other than our tests' write it.
    const bytes = await deidentify(breastFiles().get("1.2.840.10008.1.2.1.99")!, { key: new Uint8Array(16).fill(1) });
    const theirs = dicomParser.parseDicom(Buffer.from(bytes));
    expect((await readMammogram(theirs)).header.view.position).toBe("CC");
  });

  it("keeps fragments, items and the head", async () => {
    const bytes = breastFiles().get("1.2.840.10008.1.2.4.70")!;
    const guarded = await parseGuarded(bytes);
    expect(guarded.elements["x7fe00010"]!.fragments).toHaveLength(1);
    expect(guarded.string("x00020010")).toBe("1.2.840.10008.1.2.4.70");
    const nested: Element = [0x0054_0220, "SQ", [[[0x0008_0100, "SH", "R-10226"]]]];
    const [item] = (await parseGuarded(mammogram({ extra: [nested] }))).elements["x00540220"]!.items!;
    expect(item!.dataSet!.string("x00080100")).toBe("R-10226");
  });

  it("reads a data set without preamble", async () => {
    const bytes = mammogram();
    const bare = bytes.subarray(148 + new DataView(bytes.buffer).getUint32(144, true));
    expect((await parseGuarded(bare)).string("x00185101")).toBe("CC");
  });

  it("does not parse what stands behind the pixels", async () => {
    const bomb = corpus["100,000 nested sequences"]!().subarray(200);
    const guarded = await parseGuarded(concat(mammogram(), bomb));
    expect(guarded.uint16("x00280010")).toBe(240);
  });

  it("refuses what the two see differently", async () => {
    const implicit = { explicit: false, littleEndian: true };
    // Explicit by its head, implicit by its elements: our walk reads on, dicom-parser takes lengths for representations.
    const lying = part10(
      "1.2.840.10008.1.2.1",
      dataSet(
        [
          [0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.1.2"],
          [0x0028_0010, "US", 5],
        ],
        implicit,
      ),
    );
    expect(await refused(lying)).toBe("invalid-structure");
    // A meta element among the data set's own.
    const meta = dataSet(
      [
        [0x0002_0010, "UI", "1.2.3"],
        [0x0008_0016, "UI", "1.2.3"],
      ],
      { explicit: true, littleEndian: true },
    );
    expect(await refused(part10("1.2.840.10008.1.2.1", concat(meta.subarray(14), meta.subarray(0, 14))))).not.toMatch(/untyped/);
  });

  it("inflates within the limit only", async () => {
    const bytes = breastFiles().get("1.2.840.10008.1.2.1.99")!;
    await expect(parseGuarded(bytes, { inflatedBytes: 1000 })).rejects.toMatchObject({ code: "limit-exceeded" });
  });

  it.each([
    ["a path", "view.dcm"],
    ["a promise", Promise.resolve(new Uint8Array())],
    ["nothing", undefined],
  ])("refuses %s by name", async (_name, value) => {
    await expect(parseGuarded(value as unknown as Uint8Array)).rejects.toMatchObject({ code: "not-a-file" });
  });

  it("ends each hostile file typed, in under a second and 300 MB", { timeout: 180_000 }, async () => {
    const folder = await mkdtemp(join(fileURLToPath(new URL("../node_modules/", import.meta.url)), ".guarded-"));
    try {
      const child = join(folder, "child.mjs");
      await build({
        entryPoints: [fileURLToPath(new URL("./hostile/guardedChild.ts", import.meta.url))],
        outfile: child,
        bundle: true,
        conditions: ["@mammo/source"],
        format: "esm",
        platform: "node",
        external: ["@cornerstonejs/*", "dicom-parser"],
        logLevel: "error",
      });
      for (const [name, make] of Object.entries(corpus)) {
        await writeFile(join(folder, "hostile.dcm"), make());
        const { stdout } = await promisify(execFile)(process.execPath, ["--no-warnings", child, join(folder, "hostile.dcm")], { timeout: 20_000 });
        const { code, cpuMilliseconds, megabytes } = JSON.parse(stdout) as { code: string; cpuMilliseconds: number; megabytes: number };
        expect(code, name).not.toMatch(/untyped/);
        expect(cpuMilliseconds, name).toBeLessThan(1000);
        expect(megabytes, name).toBeLessThan(300);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it.skipIf(!dataFolder())(
    "sees the same elements in all files of conformance that both read (needs the data folder)",
    { timeout: 120_000 },
    async () => {
      const differ: string[] = [];
      let [read, theirOwn] = [0, 0];
      for (const folder of ["conformance/pydicom", "conformance/wg04", "conformance/fo-dicom", "mg-dicom/fo-dicom", "mg-dicom/wg04"]) {
        for (const name of (await readdir(join(dataFolder()!, folder))).filter((file) => file.endsWith(".dcm"))) {
          const bytes = new Uint8Array(await readFile(join(dataFolder()!, folder, name)));
          if ((await parseDicom(bytes).catch(() => undefined)) === undefined) continue;
          const code = await refused(bytes);
          if (code === "read") read++;
          else if (isReadByTheirs(bytes)) differ.push(`${name} ${code}`);
          else theirOwn++;
        }
      }
      expect(differ).toEqual([]);
      expect(read).toBeGreaterThan(120);
      expect(theirOwn).toBeLessThan(12);
    },
  );
});

function isReadByTheirs(bytes: Uint8Array): boolean {
  try {
    dicomParser.parseDicom(bytes);
    return true;
  } catch {
    return false;
  }
}
