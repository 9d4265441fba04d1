import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CohortImage } from "@mammo/io/node";
import { type Grid, keyedRandom } from "@mammo/mammogram";
import { auroc } from "@mammo/metrics";
import { type Device, devices, encodeDicom, renderView } from "@mammo/phantom";
import { expectClose } from "@mammo/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  askTraits,
  compareVariants,
  examineForProbe,
  type ProbedCohort,
  type ProbedImage,
  probeFindings,
  probePage,
  probeTables,
  readTraits,
} from "../src/node.ts";

const random = keyedRandom(5, "probe test");
const numbers = (count: number) => Float32Array.from({ length: count }, () => random.normal());

/** Women with two images each; `of` says what is known of an image, and may write into its features. */
function imagesOf(women: number, of: (woman: number, features: Float32Array, side: number) => Partial<ProbedImage>): ProbedImage[] {
  return Array.from({ length: 2 * women }, (_, k): ProbedImage => {
    const [woman, side] = [k >> 1, k % 2];
    const features = numbers(40);
    const logits = { whole: 0, standard: 0, unmarked: 0, cut: 0 };
    const plain = {
      id: `${k}`,
      patientId: `w${woman}`,
      laterality: side === 0 ? "L" : "R",
      cancer: undefined,
      logits,
      traits: {},
      border: 0,
      leadMarkers: 0,
    } as const;
    return { ...plain, features, ...of(woman, features, side) };
  });
}

/** As few draws as tests can do with. */
const quick = { seed: 1, resamples: 50, repeats: 2, permutations: 19 } as const;

describe("askTraits", () => {
  it("finds what the features tell, and only that", () => {
    const images = imagesOf(150, (woman, features, side) => {
      const there = random.chance(0.3);
      if (there) features[7]! += 4;
      return { border: woman, traits: { marker: there ? "yes" : "no", nothing: random.chance(0.5) ? "a" : "b", side: side === 0 ? "L" : "R" } };
    });
    const { asked, unasked } = askTraits(images, { ...quick, resamples: 200, permutations: 99 });
    const areas = Object.fromEntries(asked.map(({ trait, auroc }) => [trait, auroc]));
    expect(Object.keys(areas).sort()).toEqual(["bright border", "marker", "nothing", "side"]);
    expect(areas["marker"]!.estimate).toBeGreaterThan(0.95);
    expect(areas["marker"]!.low).toBeGreaterThan(0.9);
    for (const name of ["nothing", "side", "bright border"]) {
      expect(Math.abs(areas[name]!.estimate - 0.5)).toBeLessThan(0.12);
      expect(areas[name]!.low).toBeLessThan(0.5);
      expect(areas[name]!.high).toBeGreaterThan(0.5);
    }
    expect(asked.filter(({ isTold }) => isTold).map(({ trait, p }) => [trait, p])).toEqual([["marker", 0.01]]);
    expect(unasked).toEqual([]);
    const marked = images.filter(({ traits }) => traits["marker"] === "yes").length;
    expect(asked.find(({ trait }) => trait === "marker")).toMatchObject({ value: "yes", against: "no", images: 300, positives: marked, women: 150 });
  });

  it("keeps a woman in one fold: what tells only who she is tells no trait of hers", () => {
    // Her features are hers alone, and so is her trait: dealt by image, a probe would know the other image of each woman.
    const own = Array.from({ length: 60 }, () => ({ features: numbers(200), trait: random.chance(0.5) ? "a" : "b" }));
    const images = imagesOf(60, (woman) => ({ features: own[woman]!.features, traits: { of: own[woman]!.trait } }));
    const [found] = askTraits(images, { ...quick, folds: 5 }).asked;
    expect(Math.abs(found!.auroc.estimate - 0.5)).toBeLessThan(0.2);
    const alone = askTraits(
      images.map((image) => ({ ...image, patientId: image.id })),
      quick,
    ).asked;
    expect(alone[0]!.auroc.estimate).toBeGreaterThan(0.9);
  });

  it("asks each value of several, where enough women have it, and says what it did not ask and why", () => {
    const images = imagesOf(45, (woman) => ({
      traits: {
        device: woman < 20 ? "A" : woman < 42 ? "B" : "C",
        implant: "no",
        ...(woman < 3 ? { rare: "yes" } : { rare: "no" }),
        ...(woman === 9 ? { seldom: "x" } : {}),
      },
    }));
    const { asked, unasked } = askTraits(images, quick);
    expect(asked.map(({ trait, value, against }) => [trait, value, against])).toEqual([
      ["device", "A", "others"],
      ["device", "B", "others"],
    ]);
    expect(unasked).toEqual([
      { trait: "device: C", why: "3 women with it and 42 without, at least 20 each are needed" },
      { trait: "implant", why: "the same in all 90 images: no" },
      { trait: "rare: yes", why: "3 women with it and 42 without, at least 20 each are needed" },
      { trait: "seldom", why: "the same in all 2 images: x" },
      { trait: "bright border", why: "the same in all 90 images: less" },
    ]);
    expect(askTraits(images, { ...quick, fewestWomen: 3 }).asked.map(({ trait }) => trait)).toEqual(["device", "device", "device", "rare"]);
    for (const name of ["fewestWomen", "repeats", "permutations"])
      expect(() => askTraits(images, { seed: 1, [name]: 0 })).toThrow(new RangeError(`Expected ${name} to be a whole number of at least 1, got 0`));
  });

  it("says that the women are too few for the folds where they are, and refuses a border that is no number", () => {
    const images = imagesOf(4, (woman) => ({ border: 0.5, traits: { of: woman < 2 ? "a" : "b" } }));
    expect(askTraits(images, { ...quick, fewestWomen: 1, folds: 5 }).unasked[0]).toEqual({
      trait: "of: b",
      why: "4 women in all, at least one for each of 5 folds is needed",
    });
    const broken = images.map((image, at) => (at === 2 ? { ...image, border: Number.NaN } : image));
    expect(() => askTraits(broken, quick)).toThrow(new RangeError("Expected a finite border of each image, got NaN at 2"));
  });

  it("is the same for the same seed, and has nothing to ask of no image", () => {
    const images = imagesOf(40, () => ({ traits: { side: random.chance(0.5) ? "L" : "R" } }));
    const options = { ...quick, seed: 3 };
    expect(askTraits(images, options)).toEqual(askTraits(images, options));
    expect(askTraits([], options).asked).toEqual([]);
  });
});

describe("compareVariants", () => {
  const images = imagesOf(60, (woman, _, side) => {
    const cancer = woman % 2 === 0 && side === 0 ? 1 : 0;
    // The score hangs on the marker, which comes with cancer alone.
    const [disease, marker] = [random.normal(), cancer === 1 ? 3 : 0];
    return { cancer, logits: { whole: disease + marker + 0.5, standard: disease + marker, unmarked: disease, cut: disease } };
  });
  const [beside, markers, edge] = compareVariants(images, { seed: 1, resamples: 200 });

  it("tells how far logits move, over the images that move", () => {
    expect(beside).toMatchObject({ from: "whole", to: "standard", images: 120, changed: 120 });
    expectClose(Object.values(beside!.meanChange), [-0.5, -0.5, -0.5], { absolute: 1e-9 });
    expect(markers).toMatchObject({ from: "standard", to: "unmarked", images: 120, changed: 30 });
    expectClose([markers!.meanChange.estimate, markers!.meanSize.estimate], [-3, 3], { absolute: 1e-9 });
    expect(edge).toMatchObject({ from: "unmarked", to: "cut", changed: 0 });
    expect(edge!.meanChange.estimate).toBeNaN();
  });

  it("tells what cancer's AUROC by breast loses, paired", () => {
    const labels = images.map(({ cancer }) => cancer!);
    const [before, after] = (["standard", "unmarked"] as const).map((variant) =>
      auroc(
        labels,
        images.map(({ logits }) => logits[variant]),
      ),
    );
    expectClose([markers!.auroc!.before.estimate, markers!.auroc!.after.estimate], [before!, after!], { absolute: 1e-12 });
    expectClose(markers!.auroc!.difference.estimate, after! - before!, { absolute: 1e-12 });
    expect(markers!.auroc!.difference.high).toBeLessThan(-0.2);
    expect(markers!.auroc!.difference.p).toBeLessThan(0.05);
    expect(beside!.auroc!.difference).toMatchObject({ estimate: 0, low: 0, high: 0 });
  });

  it("refuses a logit that is not finite", () => {
    const broken = images.map((image, at) => (at === 3 ? { ...image, logits: { ...image.logits, unmarked: Number.NaN } } : image));
    expect(() => compareVariants(broken, { seed: 1 })).toThrow(new RangeError("Expected finite logits, got NaN at 3 (unmarked)"));
  });

  it("leaves AUROC out where a class is missing, and intervals where one woman is all", () => {
    const healthy = images.map((image) => ({ ...image, cancer: undefined }));
    expect(compareVariants(healthy, { seed: 1, resamples: 50 }).every((one) => one.auroc === undefined)).toBe(true);
    const [first] = compareVariants(images.slice(0, 2), { seed: 1, resamples: 50 });
    expect(first!.meanChange.estimate).toBeCloseTo(-0.5, 9);
    expect(first!.meanChange.low).toBeNaN();
  });
});

describe("images of a cohort", () => {
  let folder = "";
  const images: CohortImage[] = [];
  const coarse = ({ mmPerPixel, rows, columns, ...device }: Device): Device => {
    const scaled = (pixels: number) => Math.round((pixels * mmPerPixel) / 0.5);
    return { ...device, mmPerPixel: 0.5, rows: scaled(rows), columns: scaled(columns) };
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mammo-probe-test-"));
    for (const [k, [laterality, marked]] of (
      [
        ["L", false],
        ["R", true],
      ] as const
    ).entries()) {
      const device = coarse(k === 0 ? devices.aldebaran : devices.capella);
      const spec = {
        seed: 2,
        woman: k + 1,
        exam: 1,
        image: 1,
        laterality,
        view: "MLO",
        device,
        lesions: [],
        ...(marked ? { skinMarker: [45, 8, 6] as const } : {}),
      } as const;
      const path = join(folder, `${k}.dcm`);
      await writeFile(path, encodeDicom(renderView(spec)));
      images.push({
        id: `i${k}`,
        patientId: `w${k}`,
        exam: "e",
        laterality,
        view: "MLO",
        path,
        format: "dicom",
        cancer: k as 0 | 1,
        sha256: "0".repeat(64),
      });
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** A net that sees brightness, its sum as the logit; remembers what it was shown. */
  function meter() {
    const shown: Grid[] = [];
    const net = async (view: Grid) => {
      shown.push(view);
      const sum = view.pixels.reduce((total, value) => total + value, 0);
      return { logit: sum / 1e4, features: Float32Array.of(sum, view.pixels[0]!) };
    };
    return { shown, net };
  }
  async function probedBy(net: ReturnType<typeof meter>["net"], options: Parameters<typeof examineForProbe>[2] = {}): Promise<ProbedCohort> {
    const work = examineForProbe({ images }, net, options);
    for (let done = 1; ; done++) {
      const step = await work.next();
      if (step.done) return step.value;
      expect(step.value).toEqual({ phase: "probe", done, total: 2 });
    }
  }

  it("are looked at whole, standard, without lead markers and without their edge", async () => {
    const { shown, net } = meter();
    const { images: found, examples } = await probedBy(net);
    // Nothing was marked in the first: standard, whole, cut. The second: standard, whole, unmarked, cut.
    expect(shown).toHaveLength(7);
    const [standard, whole, cut, , , unmarked] = shown as [Grid, Grid, Grid, Grid, Grid, Grid];
    let [inside, beside, edge, different] = [0, 0, 0, 0];
    for (let at = 0; at < standard.pixels.length; at++) {
      if (standard.pixels[at]! > 0) different += whole.pixels[at] === standard.pixels[at] ? 0 : 1;
      else if (whole.pixels[at]! > 0.9) beside++;
      if (cut.pixels[at]! > 0) {
        inside++;
        different += cut.pixels[at] === standard.pixels[at] ? 0 : 1;
      } else if (standard.pixels[at]! > 0) edge++;
    }
    expect(different).toBe(0);
    // The device's own letters, "LMLO" of 6 mm, lie beside the breast: in the file, not in the standard image.
    expect(beside * 0.25 ** 2).toBeGreaterThan(30);
    expect(edge / (edge + inside)).toBeGreaterThan(0.02);
    expect(edge / (edge + inside)).toBeLessThan(0.2);
    // The chest wall's edge too: 3 mm are 12 columns.
    for (let row = 0; row < cut.rows; row++)
      expect(cut.pixels.subarray(row * cut.columns, row * cut.columns + 12).every((value) => value === 0)).toBe(true);
    expect(found.map(({ leadMarkers }) => leadMarkers)).toEqual([0, 1]);
    const [first, second] = found as [ProbedImage, ProbedImage];
    expect(first.logits.unmarked).toBe(first.logits.standard);
    expect(second.logits.unmarked).toBeLessThan(second.logits.standard);
    expect(second.logits.unmarked).toBe(unmarked.pixels.reduce((total, value) => total + value, 0) / 1e4);
    expect(first.logits.whole).toBeGreaterThan(first.logits.standard);
    expect(examples.map(({ from, to }) => `${from} ${to}`)).toEqual([
      "whole standard",
      "whole standard",
      "standard unmarked",
      "unmarked cut",
      "unmarked cut",
    ]);
    expect(examples[2]!.change).toBe(second.logits.unmarked - second.logits.standard);
  });

  it("have the traits of their files and headers, and of a table", async () => {
    const { images: found } = await probedBy(meter().net, { traits: new Map([["i1", { tape: "yes" }]]) });
    expect(found.map(({ traits }) => traits)).toEqual([
      {
        laterality: "L",
        view: "MLO",
        device: "Invented Devices Aldebaran 12",
        implant: "no",
        "file format": "dicom",
        "file spacing": "0.500 mm",
        "file size": "600 x 400",
        "lead marker in the breast": "no",
        "lead marker beside the breast": "yes",
      },
      expect.objectContaining({ laterality: "R", device: "Invented Devices Capella CR", "lead marker in the breast": "yes", tape: "yes" }),
    ]);
  });

  it("have no trait of implants where the header does not say", async () => {
    const path = join(folder, "silent.dcm");
    const bytes = await readFile(images[0]!.path);
    // Breast Implant Present, CS of 2 bytes: blanks instead of NO.
    const at = bytes.indexOf(Uint8Array.of(0x28, 0x00, 0x00, 0x13, 0x43, 0x53, 0x02, 0x00, 0x4e, 0x4f));
    bytes.write("  ", at + 8);
    expect(at).toBeGreaterThan(0);
    await writeFile(path, bytes);
    const work = examineForProbe({ images: [{ ...images[0]!, path }] }, meter().net);
    await work.next();
    const { value } = await work.next();
    expect((value as ProbedCohort).images[0]!.traits).not.toHaveProperty("implant");
  });

  it("refuses no images, and names one that cannot be read by its number", async () => {
    await expect(examineForProbe({ images: [] }, meter().net).next()).rejects.toMatchObject({ code: "empty-cohort" });
    const path = join(folder, "DOE^JANE.dcm");
    await writeFile(path, "no DICOM");
    const work = examineForProbe({ images: [images[0]!, { ...images[1]!, path }] }, meter().net);
    await work.next();
    await expect(work.next()).rejects.toMatchObject({ code: "not-dicom", message: expect.stringMatching(/^Image 2 of the cohort: (?!.*DOE)/) });
  });

  it("take traits from a table that names each once", async () => {
    const write = async (text: string) => {
      const path = join(folder, "traits.tsv");
      await writeFile(path, text);
      return readTraits(path, { images });
    };
    const { traits, sha256 } = await write("image\ttape\tclip\ni1\tyes\t\ni0\tno\tn/a\n");
    expect([...traits]).toEqual([
      ["i1", { tape: "yes" }],
      ["i0", { tape: "no" }],
    ]);
    expect(sha256).toMatch(/^[\da-f]{64}$/);
    for (const [text, message] of [
      ["id\ttape\ni1\tyes\n", "a column image and at least one trait"],
      ["image\ni1\n", "a column image and at least one trait"],
      ["image\tdevice\ni1\tyes\n", "got a column device; call it device by table"],
      ["image\ttape\tbright border\ni1\tyes\tno\n", "got a column bright border; call it"],
      ["image\ttape\nDOE\tyes\n", "an image of the cohort in line 2 of the table of traits, got another"],
      ["image\ttape\ni1\tyes\ni1\tno\n", "got that of line 3 twice"],
    ] as const)
      await expect(write(text)).rejects.toMatchObject({ code: "table", message: expect.stringMatching(new RegExp(`${message}`)) });
  });

  it("become a page and tables that take what a table says as text", async () => {
    const { images: found, examples } = await probedBy(meter().net, {
      traits: new Map([
        ["i0", { "<b>": "<script>" }],
        ["i1", { "<b>": "x" }],
      ]),
    });
    const findings = probeFindings(found, { seed: 1, resamples: 20 });
    expect(findings).toMatchObject({ women: 2, images: 2, features: 2, asked: [] });
    const text = probePage([{ title: "One", about: "About it", findings, examples }]);
    expect(text).toContain("all folds but one of 5 and");
    expect(probePage([{ title: "One", findings: probeFindings(found, { ...quick, folds: 7 }), examples }])).toContain("all folds but one of 7 and");
    expect(text).not.toContain("layer 8");
    expect(/<script>|<b>/.test(text)).toBe(false);
    expect(text.includes("<td>&lt;b&gt;: x</td>")).toBe(true);
    expect(text.match(/data:image\/png;base64,/g)).toHaveLength(10);
    expect(probeTables(findings).map(({ title }) => title.split("?")[0])).toEqual(["Not asked", "Does the score change with what is taken away"]);
  });
});
