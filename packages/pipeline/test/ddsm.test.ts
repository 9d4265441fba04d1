import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selectBackend } from "@mammo/backend";
import type { LesionCrop } from "@mammo/io/node";
import { boxCenter, keyedRandom, type Point } from "@mammo/mammogram";
import { cellCenter, cellsAlong, detectorClasses, detectorNet, highestLogOdds, malignantClasses, toTensor } from "@mammo/models";
import { expectNoLeak } from "@mammo/testing";
import { type MinedPlace, softmaxCrossEntropy } from "@mammo/train";
import type { PlainBatch } from "@mammo/train/node";
import { dispose, fill, grad, type Tensor2D, type Tensor4D, tensor1d, tensor2d, tidy } from "@tensorflow/tfjs-core";
import { encode } from "fast-png";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { poolFolds } from "../src/node.ts";
import { cellCrossEntropy } from "../src/recipes/ddsm/cellCrossEntropy.ts";
import { cellLabels } from "../src/recipes/ddsm/cellLabels.ts";
import { ddsmConfig, trapezoid } from "../src/recipes/ddsm/ddsmConfig.ts";
import { filmBatches } from "../src/recipes/ddsm/filmBatches.ts";
import { fiveClasses } from "../src/recipes/ddsm/fiveClasses.ts";
import { type LesionPatchBatch, plainLesionPatches } from "../src/recipes/ddsm/lesionPatches.ts";
import { lesionTraits, traitsOf } from "../src/recipes/ddsm/lesionTraits.ts";
import { pasteCrop } from "../src/recipes/ddsm/pastedCrop.ts";
import { plainHead } from "../src/recipes/ddsm/plainHead.ts";
import { scoreCells } from "../src/recipes/ddsm/scoreCells.ts";
import { predictFilms, rankFilms } from "../src/recipes/ddsm/scoreFilms.ts";
import { splitFold } from "../src/recipes/ddsm/splitFold.ts";
import { patchStage } from "../src/recipes/ddsm/stages.ts";
import { chooseStage } from "../src/recipes/ddsm/trainDdsm.ts";
import { validateDetector } from "../src/recipes/ddsm/validateDetector.ts";
import { toGrid } from "../src/recipes/dream/viewBatches.ts";
import { asTensors } from "../src/recipes/threads/asTensors.ts";
import { columns, film, rows } from "./film.ts";

let folder: string;
beforeAll(async () => {
  await selectBackend();
  folder = await mkdtemp(join(tmpdir(), "mammo-ddsm-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a thread hands over, as the arrays that they are. */
const plainPatch = ({ pixels, classes }: PlainBatch) => ({ pixels: pixels!.data as Float32Array, classes: classes!.data as Int32Array });

describe("traitsOf", () => {
  it("answers from the words of a description, and leaves open what they do not say", () => {
    const said = Object.fromEntries(
      lesionTraits.map((name, at) => [name, traitsOf({ margins: "ILL_DEFINED-SPICULATED", shape: "N/A", assessment: "4" })[at]]),
    );
    expect(said).toMatchObject({ "margin ill-defined": 1, "margin spiculated": 1, "margin circumscribed": 0, "assessed 4 or 5": 1, "assessed 5": 0 });
    expect(said["shape lobulated"]).toBeUndefined();
    expect(traitsOf({ assessment: "0" }).every((trait) => trait === undefined)).toBe(true);
    expect(traitsOf()).toHaveLength(lesionTraits.length);
  });
});

describe("lesionPatches", () => {
  const views = [
    film("a", 0),
    film("b", 1, { description: { margins: "SPICULATED" } }),
    film("c", 0, { description: { pathology: "BENIGN_WITHOUT_CALLBACK" } }),
  ];
  const options = { seed: 3, size: 12, side: 192 };
  const lesionPatches = (more: { readonly crops?: readonly LesionCrop[] } = {}) =>
    asTensors<LesionPatchBatch>(plainLesionPatches(views, { ...options, ...more }));

  it("gives thirds of background, benign and malignant, the same again for a step, others for the next", async () => {
    const batch = lesionPatches();
    const classes: number[] = [];
    for (let step = 0; step < 4; step++) {
      const { classes: own, ...rest } = await batch(step);
      classes.push(...(await own.data()));
      dispose([own, rest]);
    }
    const count = (name: string) => classes.filter((one) => detectorClasses[one] === name).length;
    expect(["background", "benignMass", "malignantMass"].map(count)).toEqual([16, 16, 16]);
    const pixelsOf = async (step: number) => {
      const { pixels, ...rest } = await batch(step);
      const values = Buffer.from((await pixels.data()).slice().buffer);
      dispose([pixels, rest]);
      return values;
    };
    const first = await pixelsOf(1);
    expect(first.equals(await pixelsOf(1))).toBe(true);
    expect(first.equals(await pixelsOf(2))).toBe(false);
  });

  it("knows traits of described lesions only, and shows the lesion near the middle", async () => {
    const { pixels, classes, traits, known } = await lesionPatches()(0);
    const found = await classes.array();
    const [told, open] = [await traits.array(), await known.array()];
    const spiculated = lesionTraits.indexOf("margin spiculated");
    for (const [item, one] of found.entries()) {
      const isMalignant = detectorClasses[one] === "malignantMass";
      expect(open[item]![spiculated]).toBe(isMalignant ? 1 : 0);
      expect(told[item]![spiculated]).toBe(isMalignant ? 1 : 0);
    }
    dispose([pixels, classes, traits, known]);
  });

  it("lays calcifications from crops into background where there are some", async () => {
    const path = join(folder, "crop.png");
    const [width, height] = [300, 200];
    const data = Uint8Array.from({ length: width * height }, (_, at) => (at % 35 < 5 ? 255 : 100));
    await writeFile(path, encode({ width, height, data, channels: 1, depth: 8 }));
    const crop = { path, patientId: "p", laterality: "L", kind: "calcification", malignant: true, withoutCallback: false } as const;
    const batch = lesionPatches({ crops: [crop] });
    let found = 0;
    for (let step = 0; step < 8; step++) {
      const drawn = await batch(step);
      found += (await drawn.classes.data()).filter((one: number) => detectorClasses[one] === "malignantCalcification").length;
      dispose(drawn);
    }
    expect(found).toBeGreaterThan(0);
    expect(found).toBeLessThan(12);
  });
});

it("pasteCrop keeps the tissue's brightness, brings the crop's contrast, and leaves the rest of the patch alone", () => {
  const patch = new Float32Array(192 * 192).fill(0.5);
  const pixels = Float32Array.from({ length: 50 * 30 }, (_, at) => (at % 2 ? 0.6 : 0.2));
  pasteCrop(keyedRandom(1), patch, 192, { pixels, rows: 50, columns: 30 });
  const mean = patch.reduce((sum, one) => sum + one, 0) / patch.length;
  expect(mean).toBeCloseTo(0.5, 2);
  expect(Math.max(...patch) - Math.min(...patch)).toBeGreaterThan(0.4);
  expect(patch.filter((one) => one !== 0.5).length).toBeLessThanOrEqual(50 * 30);
});

describe("mined negatives", () => {
  const views = [film("a", 0), film("b", 1)];
  const options = { seed: 3, size: 12, side: 192, minedShare: 0.5 };
  const mined = [
    { view: 0, center: [450, 420], score: 3 },
    { view: 1, center: [100, 400], score: 2 },
  ] as const;
  const draw = async (step: number, own: typeof options | Omit<typeof options, "minedShare">, places: readonly MinedPlace[] = []) => {
    const { pixels, classes } = plainPatch(await plainLesionPatches(views, own)(step, places));
    return Array.from(classes, (one, item) => ({ one, patch: Buffer.from(pixels.slice(item * 192 * 192, (item + 1) * 192 * 192).buffer) }));
  };

  it("change background patches, and no others", async () => {
    const { minedShare: _, ...without } = options;
    let [moved, background] = [0, 0];
    for (let step = 0; step < 4; step++) {
      const [plain, hard] = [await draw(step, without), await draw(step, options, mined)];
      for (const [item, { one, patch }] of plain.entries()) {
        expect(hard[item]!.one).toBe(one);
        if (one === 0) background++;
        // Whether a patch is drawn from the list is drawn before all else: even one that is not differs.
        if (!hard[item]!.patch.equals(patch)) {
          expect(one).toBe(0);
          moved++;
        }
      }
    }
    expect([background, moved]).toEqual([16, 16]);
    const none = await draw(1, options);
    for (const [item, { patch }] of (await draw(1, without)).entries()) expect(none[item]!.patch.equals(patch)).toBe(true);
  });

  it("are where they were found, moved by no more than half of what a lesion is", async () => {
    // A bright square in the dark about the mined place, larger than any patch is moved off it.
    const source = await views[0]!.read();
    const pixels = new Uint16Array(source.pixels.length).fill(1);
    for (let row = 420; row < 480; row++) pixels.fill(65_535, row * columns + 390, row * columns + 450);
    const marked = { ...views[0]!, lesions: [], read: async () => ({ ...source, pixels }) };
    const lesion = film("c", 1);
    let [on, off] = [0, 0];
    for (let step = 0; step < 15; step++) {
      const { pixels: patches, classes } = plainPatch(await plainLesionPatches([marked, lesion, film("d", 0)], options)(step, [mined[0]]));
      for (const [item, one] of classes.entries()) {
        if (one !== 0) continue;
        const middle = patches[item * 192 * 192 + 96 * 192 + 96]!;
        if (middle > 0.5) on++;
        else off++;
      }
    }
    // Half of them, and by chance some of the others.
    expect(on + off).toBe(60);
    expect(on / 60).toBeGreaterThan(0.35);
    expect(on / 60).toBeLessThan(0.75);
  });

  it("are chosen from the heatmap's cells on tissue, by the log-odds of any lesion, off the lesions", async () => {
    const detector = detectorNet({ width: 1 / 32, seed: 2, classes: [...detectorClasses, ...lesionTraits] });
    const source = await views[0]!.read();
    // Tissue in the upper half only.
    const half = { read: async () => ({ ...source, pixels: source.pixels.map((value, at) => (at < (rows * columns) / 2 ? value : 0)) }) };
    const shown = await half.read();
    await expectNoLeak(async () => {
      const logits = tidy(() => detector.apply(toTensor(toGrid(shown))).arraySync()[0]!);
      const found = await scoreCells(detector, half);
      const expected = logits.flatMap((line, row) =>
        line.map((cell, column) => {
          const [background, ...lesions] = cell.slice(0, detectorClasses.length);
          const score = Math.log(lesions.reduce((sum, one) => sum + Math.exp(one), 0)) - background!;
          return { center: [cellCenter(row, detector.geometry), cellCenter(column, detector.geometry)], score };
        }),
      );
      const onTissue = expected.filter(({ center }) => center[0]! < rows / 2);
      expect(onTissue.length).toBeLessThan(expected.length);
      expect(found.map(({ center }) => center)).toEqual(onTissue.map(({ center }) => center));
      for (const [at, { score }] of found.entries()) expect(score).toBeCloseTo(onTissue[at]!.score, 4);
    });
    const lessons = { train: views, crops: [], seed: 1 };
    const { every, mine } = patchStage({ ...lessons, config: ddsmConfig({ mineEvery: 7 }) }).negatives!;
    expect(every).toBe(7);
    const places = await mine(detector);
    expect(places.length).toBeGreaterThan(0);
    const isNear = ([row, column]: Point) => row >= 230 - 48 && row <= 290 + 48 && column >= 180 - 48 && column <= 240 + 48;
    expect(places.some(({ center }) => isNear(center))).toBe(false);
    expect(patchStage({ ...lessons, config: ddsmConfig() }).negatives).toBeUndefined();
    detector.dispose();
  });
});

describe("cellLabels", () => {
  /** DetectorNet's. */
  const geometry = { stride: 64, offset: 96, cellSize: 192, receptiveField: 444 };
  const view = film("a", 1);

  it("puts half of the weight on the cells of a lesion, half on clear background, none on those in doubt", () => {
    const weights = cellLabels(view, geometry);
    const sumOf = (name: string) =>
      weights.filter((_, at) => detectorClasses[at % detectorClasses.length] === name).reduce((sum, one) => sum + one, 0);
    expect(sumOf("malignantMass")).toBeCloseTo(0.5, 6);
    expect(sumOf("background")).toBeCloseTo(0.5, 6);
    const wide = cellsAlong(columns, geometry);
    const [row, column] = boxCenter(view.lesions[0]!.box);
    weights.forEach((weight, at) => {
      if (weight === 0 || at % detectorClasses.length === 0) return;
      const cell = Math.floor(at / detectorClasses.length);
      expect(Math.abs(cellCenter(Math.floor(cell / wide), geometry) - row)).toBeLessThanOrEqual(32);
      expect(Math.abs(cellCenter(cell % wide, geometry) - column)).toBeLessThanOrEqual(32);
    });
  });

  it("learns nothing from what was benign at once, nor that it is background", () => {
    const weights = cellLabels(film("a", 0, { description: { pathology: "BENIGN_WITHOUT_CALLBACK" } }), geometry);
    expect(weights.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 6);
    expect(weights.some((one, at) => one > 0 && at % detectorClasses.length > 0)).toBe(false);
    expect(weights.filter((one) => one > 0).length).toBeLessThan(weights.length / detectorClasses.length);
  });
});

it("cellCrossEntropy is the softmax cross-entropy where the weights say so, with its gradient", async () => {
  const logits = tensor2d([1, -2, 0.5, 3, 0, -1], [2, 3]);
  const weights = tensor2d([0, 0.5, 0, 0, 0, 0.5], [2, 3]);
  const classes = tensor1d([1, 2], "int32");
  const [own, plain] = tidy(() => [cellCrossEntropy(weights, logits), softmaxCrossEntropy(classes, logits)]);
  expect((await own!.data())[0]).toBeCloseTo((await plain!.data())[0]!, 6);
  const [ownGrad, plainGrad] = tidy(() => [
    grad((z) => cellCrossEntropy(weights, z as Tensor2D))(logits),
    grad((z) => softmaxCrossEntropy(classes, z))(logits),
  ]);
  const [found, expected] = [await ownGrad!.data(), await plainGrad!.data()];
  for (const [at, value] of Array.from(found).entries()) expect(value).toBeCloseTo(expected[at]!, 6);
  dispose([logits, weights, classes, own!, plain!, ownGrad!, plainGrad!]);
});

it("filmBatches move the labels of the cells with the pixels", async () => {
  const detector = detectorNet({ width: 1 / 32 });
  const batch = filmBatches([film("a", 0), film("b", 1)], detector.geometry, { seed: 1, size: 2 });
  const [high, wide] = [cellsAlong(rows, detector.geometry), cellsAlong(columns, detector.geometry)];
  for (let step = 0; step < 6; step++) {
    const drawn = await batch(step);
    const [pixels, cells, labels] = [await drawn.pixels.data(), await drawn.cells.data(), await drawn.labels.data()];
    for (let item = 0; item < 2; item++)
      for (let cell = 0; cell < high * wide; cell++) {
        const own = cells.subarray((item * high * wide + cell) * detectorClasses.length, (item * high * wide + cell + 1) * detectorClasses.length);
        const onLesion = own.findIndex((weight, one) => one > 0 && weight > 0);
        if (onLesion < 0) continue;
        expect(malignantClasses.includes(detectorClasses[onLesion]!)).toBe(labels[item] === 1);
        const [row, column] = [Math.floor(cell / wide), cell % wide].map((index) => Math.floor(cellCenter(index, detector.geometry))) as [
          number,
          number,
        ];
        const around = [-30, 0, 30].flatMap((dr) => [-30, 0, 30].map((dc) => pixels[(item * rows + row + dr) * columns + column + dc]!));
        expect(Math.max(...around)).toBeGreaterThan(0.45);
      }
    dispose(drawn);
  }
  detector.dispose();
});

describe("the head", () => {
  const detector = () => detectorNet({ width: 1 / 32, seed: 4, classes: [...detectorClasses, ...lesionTraits] });

  it("fiveClasses gives the same five logits", async () => {
    const whole = detector();
    const five = await fiveClasses(whole);
    const x = fill([1, 224, 224, 1], 0.3) as Tensor4D;
    const [a, b] = tidy(() => [whole.apply(x), five.apply(x)]);
    expect(Array.from(await b!.data())).toEqual(Array.from(await a!.data()).slice(0, 5));
    expect(five.options.classes).toEqual(detectorClasses);
    dispose([x, a!, b!]);
    whole.dispose();
    five.dispose();
  });

  it("plainHead begins as the sum of the pool's malignant probabilities, so that a view with a surer cell ranks higher", async () => {
    const whole = detector();
    const five = await fiveClasses(whole);
    const model = plainHead(five, { rows, columns });
    for await (const { logit, plain, heatmap } of predictFilms(model, [film("a", 1)])) {
      const probabilities = Array.from({ length: heatmap.rows * heatmap.columns }, (_, cell) => {
        const own = heatmap.logits.subarray(cell * 5, cell * 5 + 5);
        const sum = own.reduce((total, one) => total + Math.exp(one), 0);
        return [3, 4].map((at) => Math.exp(own[at]!) / sum);
      });
      const pooled = (at: number) =>
        Math.max(...probabilities.filter((_, cell) => Math.floor(cell / heatmap.columns) < 5 && cell % heatmap.columns < 5).map((one) => one[at]!));
      expect(logit).toBeGreaterThan(-2);
      expect(Math.abs(logit - (-2 + 4 * (pooled(0) + pooled(1))))).toBeLessThan(0.2); // the other half of the mean is the flipped film
      expect(Number.isFinite(plain) && Math.abs(plain - highestLogOdds(heatmap, malignantClasses)) < 1).toBe(true);
    }
    for (const one of [whole, five, model]) one.dispose();
  });
});

describe("choice and folds", () => {
  it("hands on the best stage and names those that lose the plain maximum", () => {
    const films = (auroc: number, plainAuroc: number) => ({ films: 9, cancers: 4, auroc, plainAuroc, breastAuroc: auroc });
    const stages = [
      { stage: "S1", films: films(0.66, 0.65) },
      { stage: "S2-1", films: films(0.7, 0.6) },
      { stage: "S2-2", films: films(0.58, 0.6) },
    ];
    const { chosen, defects } = chooseStage(stages);
    expect(chosen).toBe("S2-1");
    expect(defects).toEqual([expect.stringMatching(/^S2-2 ranks .* 0\.580, below the 0\.650 .* defect/)]);
  });

  it("splits by woman: every woman tests in one fold, and nobody is in two parts", () => {
    const views = Array.from({ length: 60 }, (_, at) => film(`w${at >> 1}`, (at >> 1) % 2 ? 1 : 0));
    const tested: string[] = [];
    for (let fold = 0; fold < 5; fold++) {
      const parts = splitFold(views, { fold, validation: 0.2, seed: 1 });
      const women = [parts.train, parts.validation, parts.test].map((own) => new Set(own.map(({ patientId }) => patientId)));
      expect(women.reduce((sum, { size }) => sum + size, 0)).toBe(30);
      tested.push(...women[2]!);
    }
    expect(new Set(tested).size).toBe(30);
    expect(tested).toHaveLength(30);
    expect(() => splitFold(views, { fold: 0, foldOf: () => undefined, validation: 0.2, seed: 1 })).toThrow(
      expect.objectContaining({ code: "table", message: expect.not.stringContaining("w0") }),
    );
  });

  it("trapezoid rises, stays and falls to nothing", () => {
    const rate = trapezoid({ steps: 100, learningRate: 1, warmup: 10, cooldown: 0.4 });
    expect(rate(0)).toBeCloseTo(1 / 11, 6);
    expect(rate(40)).toBe(1);
    expect(rate(80)).toBeCloseTo(0.5, 6);
    expect(rate(99)).toBeLessThan(0.03);
    expect(ddsmConfig({ stepScale: 0.001 }).stages.S1.steps).toBeGreaterThan(0);
  });
});

it("rankFilms pools a breast's films", () => {
  const score = (patientId: string, cancer: 0 | 1, logit: number) => ({ view: film(patientId, cancer), logit, plain: -logit });
  const ranked = rankFilms([score("a", 1, 3), score("a", 1, -1), score("b", 0, 0), score("b", 0, 1)]);
  expect(ranked).toMatchObject({ films: 4, cancers: 2, auroc: 0.5, plainAuroc: 0.5, breastAuroc: 1 });
});

it("validateDetector counts patches and leaves nothing behind", { timeout: 120_000 }, async () => {
  const detector = detectorNet({ width: 1 / 32 });
  const views = [film("a", 1), film("b", 0)];
  let found: Awaited<ReturnType<typeof validateDetector>> | undefined;
  await expectNoLeak(async () => {
    found = await validateDetector(detector, views, 192);
  });
  expect(found).toMatchObject({ patches: 16, lesions: 2 });
  for (const area of [found!.lesionAuroc, found!.malignantAuroc]) expect(area >= 0 && area <= 1).toBe(true);
  detector.dispose();
});

describe("poolFolds", () => {
  let out = "";
  beforeAll(async () => {
    out = await mkdtemp(join(tmpdir(), "mammo-folds-"));
  });
  afterAll(() => rm(out, { recursive: true, force: true }));
  const table = (rowsOf: readonly string[]) => `image\tpatient\tlaterality\tview\tcancer\tlogit\tconfidence\n${rowsOf.join("\n")}\n`;

  it("scores finished folds together, and refuses a table with a spoilt number by its row", async () => {
    expect(await poolFolds(out, { seed: 1 })).toBeUndefined();
    for (const fold of [0, 1]) {
      await mkdir(join(out, `fold-${fold}`));
      const own = Array.from({ length: 6 }, (_, at) => `i${fold}${at}\tp${fold}${at >> 1}\tL\tCC\t${at >> 2}\t${at + fold}\t0.5`);
      await writeFile(join(out, `fold-${fold}`, "predictions_images.tsv"), table(own));
    }
    await mkdir(join(out, "fold-2"));
    const pooled = (await poolFolds(out, { seed: 1 }))!;
    expect(pooled.folds).toEqual(["fold-0", "fold-1"]);
    expect([pooled.films.women, pooled.films.breasts, pooled.breasts.breasts, pooled.films.cancers]).toEqual([6, 12, 6, 4]);
    expect(pooled.films.auroc.estimate).toBeGreaterThan(0.9);
    await writeFile(join(out, "fold-2", "predictions_images.tsv"), table(["x\ty\tL\tCC\t1\tmany\t0.5"]));
    await expect(poolFolds(out, { seed: 1 })).rejects.toMatchObject({ code: "table", message: expect.stringMatching(/fold-2.* row 2/) });
  });
});
