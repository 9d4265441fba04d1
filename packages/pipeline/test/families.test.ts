import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selectBackend } from "@mammo/backend";
import { calibrate, logit } from "@mammo/ensemble";
import { readExam, type StandardImage, standardizationVersion } from "@mammo/io";
import {
  caracNet,
  caracNetSymmetry,
  characterizeLesions,
  classifyPair,
  classifyView,
  compareLesions,
  detectLesions,
  dreamNet,
  dreamNetSymmetry,
  pathologyClasses,
  retinaNet,
} from "@mammo/models";
import { nms } from "@mammo/models/detection";
import { encodeDicom, planCohort, renderView } from "@mammo/phantom";
import { expectNoLeak } from "@mammo/testing";
import { Ajv2020 as Ajv } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bundle, type FamilyName, loadMember, openBundle, scoreExam } from "../src/index.ts";
import { loadBundle, saveBundle, saveMember } from "../src/node.ts";

const platt = (slope: number, intercept: number) => ({ kind: "platt", slope, intercept }) as const;
const rest = {
  calibrator: platt(1, 0.5),
  scale: { name: "by hand", cuts: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] },
  trainedOn: "nothing",
  standardization: standardizationVersion,
  provenance: { versions: {}, node: "", backend: "", seed: 1, inputs: {} },
} as const;
const width = 1 / 16;
const create = () => ({
  retinaNet: retinaNet({ width, seed: 1, classes: pathologyClasses }),
  caracNet: caracNet({ width, seed: 2 }),
  caracNetSymmetry: caracNetSymmetry({ width, seed: 3 }),
  dreamNet: dreamNet({ width, seed: 4 }),
  dreamNetSymmetry: dreamNetSymmetry({ width, seed: 5 }),
});
/** The lesion nets come first, so that their order in the file is not that in which they run; a second DreamNet must not outvote the others. */
const order: readonly FamilyName[] = ["caracNetSymmetry", "caracNet", "dreamNet", "retinaNet", "dreamNetSymmetry"];
const calibrators: Partial<Record<FamilyName, ReturnType<typeof platt>>> = { caracNet: platt(0.5, 0.2), retinaNet: platt(0.25, -1) };

let folder: string;
let images: readonly StandardImage[];
let bundle: Bundle;
let models: ReturnType<typeof create>;

beforeAll(async () => {
  await selectBackend({ prefer: "wasm" });
  models = create();
  folder = await mkdtemp(join(tmpdir(), "mammo-families-"));
  const [plan] = planCohort({ seed: 3, women: 1, missingViewShare: 0, extraViewShare: 0, oneBreastShare: 0 });
  const chosen = plan!.images.filter(({ laterality, view }) => view === "MLO" || laterality === "L");
  const views = chosen.map((image) => ({ ...image, device: { ...image.device, rows: 450, columns: 300, mmPerPixel: 0.6664 } }));
  ({ images } = await readExam(views.map((view) => encodeDicom(renderView(view)))));
  const members = [];
  for (const family of order) {
    const calibrator = calibrators[family];
    members.push(await saveMember(folder, models[family], { name: family, family, seed: 9, ...(calibrator ? { calibrator } : {}) }));
  }
  const other = dreamNet({ width, seed: 6 });
  members.push(await saveMember(folder, other, { name: "second", family: "dreamNet", seed: 10 }));
  other.dispose();
  await saveBundle(folder, { members, ...rest });
  bundle = await loadBundle(folder);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What each family says of a view, put together from the public functions of @mammo/models. */
async function byHand(image: StandardImage): Promise<Record<FamilyName, number>> {
  const other = images.find(({ view, laterality }) => view === image.view && laterality !== image.laterality);
  const marks = await detectLesions(models.retinaNet, image, { minScore: 0.01, classWise: true, most: 20 });
  const proposals = nms(marks).slice(0, 5);
  const highest = (scores: readonly number[]) => logit(Math.max(1e-6, ...scores));
  const characters = await characterizeLesions(models.caracNet, image, proposals, { view: image.view });
  const compared = await compareLesions(models.caracNetSymmetry, other ? { own: image, other } : { own: image }, proposals);
  const { left } = await classifyPair(models.dreamNetSymmetry, { left: image, right: other });
  const second = await loadMember(bundle, order.length, { family: "dreamNet" });
  const ofView = [await classifyView(models.dreamNet, image), await classifyView(second, image)];
  second.dispose();
  return {
    retinaNet: highest(marks.flatMap(({ class: name, score }) => (name.endsWith("/malignant") ? [score] : []))),
    caracNet: highest(proposals.map(({ score }, index) => score * characters[index]!.malignancy)),
    caracNetSymmetry: highest(proposals.map(({ score }, index) => score * compared[index]!)),
    dreamNet: (logit(ofView[0]!) + logit(ofView[1]!)) / 2,
    dreamNetSymmetry: logit(left!),
  };
}

describe("a bundle of five families", () => {
  it("says of a view the mean over the families, each from the public functions of @mammo/models", { timeout: 60_000 }, async () => {
    const { views } = await expectNoLeak(() => scoreExam({ images }, bundle));
    expect(images.length).toBe(3);
    for (const [at, image] of images.entries()) {
      const said = await byHand(image);
      const calibrated = (Object.keys(said) as FamilyName[]).map((name) => {
        const own = calibrators[name];
        return own ? logit(calibrate(own, said[name])) : said[name];
      });
      const mean = calibrated.reduce((sum, one) => sum + one, 0) / calibrated.length;
      // classifyPair gives float32 logits through a sigmoid, whose last digits are lost.
      expect(views[at]!.probability).toBeCloseTo(calibrate(rest.calibrator, mean), 6);
      expect(views[at]!.places.length).toBeGreaterThan(0);
    }
  });

  it("says the same of an exam whatever the order of its members", async () => {
    const { report } = await scoreExam({ images }, bundle);
    const turned = { ...bundle, members: bundle.members.toReversed() };
    const { report: other } = await scoreExam({ images }, turned);
    expect(other.probability).toBeCloseTo(report.probability, 12);
  });

  it("is one by the published schema", () => {
    const schema = JSON.parse(readFileSync(new URL("../schemas/bundle.schema.json", import.meta.url), "utf8"));
    const isBundle = new Ajv().compile(schema);
    const { readFile: _, ...file } = bundle;
    expect(isBundle(file), JSON.stringify(isBundle.errors)).toBe(true);
    const withOptions = (family: FamilyName, change: object) => ({
      ...file,
      members: file.members.map((member) => (member.family === family ? { ...member, options: { ...member.options, ...change } } : member)),
    });
    for (const [family, change] of [
      ["retinaNet", { blocks: ["block9"] }],
      ["retinaNet", { anchorSizes: [] }],
      ["retinaNet", { prior: 1 }],
      ["caracNet", { width: 2 }],
      ["caracNet", { classes: [""] }],
      ["caracNetSymmetry", { seed: 0.5 }],
      ["dreamNetSymmetry", { rows: 1 }],
    ] as const) {
      const changed = withOptions(family, change);
      expect(isBundle(changed), `${family} ${JSON.stringify(change)}`).toBe(false);
      expect(() => openBundle(changed, bundle.readFile)).toThrow(expect.objectContaining({ code: "no-weights" }));
    }
  });

  it.each<[string, (family: FamilyName, seed: number) => boolean, RegExp]>([
    ["no net that sees whole views", (family) => !family.startsWith("dreamNet"), /dreamNet or dreamNetSymmetry/],
    ["CaracNets without a RetinaNet of their seed", (family) => family !== "retinaNet", /retinaNet of the seed and fold of caracNetSymmetry/],
  ])("is refused with %s", (_, keep, message) => {
    const members = bundle.members.filter(({ family, seed }) => keep(family, seed));
    expect(() => openBundle({ ...bundle, members }, bundle.readFile)).toThrow(
      expect.objectContaining({ code: "no-weights", message: expect.stringMatching(message) }),
    );
  });

  it("gives a member of the family that is asked for, and refuses another", async () => {
    await expect(loadMember(bundle, 0, { family: "dreamNet" })).rejects.toThrow("Expected member 0 to be a dreamNet, got a caracNetSymmetry");
  });
});
