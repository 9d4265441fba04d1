import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { standardizationVersion } from "@mammo/io";
import { type Device, devices, planCohort } from "@mammo/phantom";
import { fileNameOf, writeCohort } from "@mammo/phantom/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./run.ts";
import { saveUntrained } from "./untrainedBundle.ts";

let folder = "";
const at = (...names: string[]) => join(folder, ...names);
const probe = (...argv: string[]) => run("probe", argv);
const coarse = ({ mmPerPixel, rows, columns, ...device }: Device): Device => {
  const scaled = (pixels: number) => Math.round((pixels * mmPerPixel) / 1);
  return { ...device, mmPerPixel: 1, rows: scaled(rows), columns: scaled(columns) };
};
const women = {
  seed: 4,
  women: 8,
  cancerShare: 0.5,
  priorShare: 0,
  missingViewShare: 0,
  extraViewShare: 0,
  oneBreastShare: 0,
  devices: { aldebaran: coarse(devices.aldebaran), deneb: coarse(devices.deneb) },
  deviceMix: { aldebaran: 1, deneb: 1 },
  skinMarkers: { malignant: 0.5, others: 0.5 },
} as const;
const bundle = () => ["--bundle", at("bundle"), "--cohort", "dream", "--data", at("cohort")];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-probe-program-"));
  for await (const _ of writeCohort({ folder: at("cohort"), ...women }));
  const rows = planCohort(women).flatMap(({ images }) => images.map((spec) => [fileNameOf(spec), spec.skinMarker ? "yes" : "no"]));
  await writeFile(at("traits.tsv"), `${[["image", "tape"], ...rows].map((row) => row.join("\t")).join("\n")}\n`);
  await saveUntrained(at("bundle"), { slope: 0, intercept: 0 });
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("npm run probe", () => {
  it("asks a bundle's net for the traits of a cohort and of a table, and writes what it found", { timeout: 300_000 }, async () => {
    const { status, stdout, stderr } = await probe(...bundle(), "--traits", at("traits.tsv"), "--fewest-women", "2", "--out", at("out"));
    expect(stderr).not.toContain("error");
    expect(status).toBe(0);
    for (const word of ["laterality", "tape", "device", "mean change", "the same in all 32 images: no"]) expect(stdout).toContain(word);
    expect((await readdir(at("out"))).sort()).toEqual(["probe.html", "probe.json"]);
    const found = JSON.parse(await readFile(at("out", "probe.json"), "utf8"));
    expect(found).toMatchObject({
      schema: "mammo-probe-1",
      member: "dreamNet",
      provenance: { seed: 1, inputs: { cohort: expect.any(String), weights: expect.any(String), traits: expect.any(String) } },
    });
    const [{ asked, changes, images }] = found.cohorts;
    expect(images).toBe(32);
    expect(asked.find(({ trait }: { trait: string }) => trait === "tape")).toMatchObject({ images: 32, women: 8 });
    expect(changes.map(({ from, to }: { from: string; to: string }) => [from, to])).toEqual([
      ["whole", "standard"],
      ["standard", "unmarked"],
      ["unmarked", "cut"],
    ]);
    const page = await readFile(at("out", "probe.html"), "utf8");
    expect(page).toContain("data:image/png;base64,");
    expect(page).not.toContain("PHANTOM");
    const again = await probe(...bundle(), "--out", at("out"));
    expect([again.status, again.stderr]).toEqual([1, expect.stringContaining("error [not-empty]")]);
  });

  it("fails where nothing can be asked, and says why", { timeout: 300_000 }, async () => {
    const { status, stdout, stderr } = await probe(...bundle());
    expect(stderr).toContain("error [no-trait]: Expected a trait with two values");
    expect(stdout).toContain("laterality: ");
    expect(stdout).toContain("at least 20 each are needed");
    expect(status).toBe(1);
  });

  it("refuses a bundle of other standard images, an empty cohort, and calls that are none", { timeout: 120_000 }, async () => {
    const text = await readFile(at("bundle", "bundle.json"), "utf8");
    const other = await mkdtemp(at("other-"));
    await writeFile(join(other, "bundle.json"), text.replace(standardizationVersion, "mammo-standard-1"));
    const ended = async (...argv: string[]) => {
      const { status, stderr } = await probe(...argv);
      return [status, stderr.trim().split("\n").at(-1)];
    };
    expect(await ended("--bundle", other, "--cohort", "dream", "--data", at("cohort"))).toEqual([
      1,
      expect.stringContaining("error [other-standardization]: Expected weights trained on"),
    ]);
    const empty = await mkdtemp(at("empty-"));
    await writeFile(join(empty, "images_crosswalk.tsv"), "subjectId\texamIndex\timageIndex\tview\tlaterality\tfilename\n");
    expect(await ended("--bundle", at("bundle"), "--cohort", "dream", "--data", empty)).toEqual([1, expect.stringContaining("error [empty-cohort]")]);
    expect(await ended("--bundle", at("bundle"))).toEqual([2, expect.stringContaining("Expected --bundle, --cohort and --data, or --planted")]);
    expect(await ended("--planted", ...bundle())).toEqual([2, expect.stringContaining("Expected --planted without --bundle")]);
    expect(await ended(...bundle(), "--member", "2")).toEqual([2, expect.stringContaining("Expected --member of at most 1")]);
  });

  it.skipIf(process.env["MAMMO_LONG"] !== "1")(
    "finds a planted shortcut, and none on clean images (only with MAMMO_LONG=1: minutes)",
    { timeout: 3_600_000 },
    async () => {
      const { status, stdout } = await probe("--planted");
      expect(stdout.match(/^bar .*$/gm)).toHaveLength(9);
      expect(stdout).not.toContain("short");
      expect(status).toBe(0);
    },
  );
});
