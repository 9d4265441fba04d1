import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selectBackend } from "@mammo/backend";
import { calibrate, logit, poolLogits, sigmoid, startingPairModel } from "@mammo/ensemble";
import { readExam, type StandardImage, standardizationVersion } from "@mammo/io";
import { dreamNet, examineView, type Runner, tfjsRunner } from "@mammo/models";
import { encodeDicom, planCohort, renderView } from "@mammo/phantom";
import { expectNoLeak } from "@mammo/testing";
import { fill, memory } from "@tensorflow/tfjs-core";
import { Ajv2020 as Ajv } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Bundle,
  type BundleFile,
  fastestRunner,
  loadMember,
  openBundle,
  type PlacedReport,
  type RunnerTrial,
  scoreCohort,
  scoreExam,
  withMember,
} from "../src/index.ts";
import { loadBundle, saveBundle, saveMember } from "../src/node.ts";
import { placesOf, replaced } from "./jsonPlaces.ts";

const platt = (slope: number, intercept: number) => ({ kind: "platt", slope, intercept }) as const;
const rest: Omit<BundleFile, "schema" | "members"> = {
  calibrator: platt(1, 0.5),
  scale: { name: "by hand", cuts: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] },
  trainedOn: "nothing",
  standardization: standardizationVersion,
  provenance: { versions: {}, node: "", backend: "", seed: 1, inputs: {} },
};

const schema = JSON.parse(readFileSync(new URL("../schemas/bundle.schema.json", import.meta.url), "utf8"));

let folder: string;
let images: readonly StandardImage[];
/** One member; and three, the second calibrated on its own. */
let one: Bundle;
let three: Bundle;
/** What the three say of each image, raw. */
const logits: number[][] = [];

beforeAll(async () => {
  await selectBackend({ prefer: "wasm" });
  folder = await mkdtemp(join(tmpdir(), "mammo-bundle-"));
  const [plan] = planCohort({ seed: 3, women: 1 });
  const ofLeft = plan!.images.filter(({ laterality }) => laterality === "L");
  const views = ofLeft.map((image) => ({ ...image, device: { ...image.device, rows: 450, columns: 300, mmPerPixel: 0.6664 } }));
  ({ images } = await readExam(views.map((view) => encodeDicom(renderView(view)))));
  const members = [];
  for (const [index, name] of ["first", "second", "third"].entries()) {
    const model = dreamNet({ width: 1 / 16, seed: index + 1 });
    for (const [at, image] of images.entries()) (logits[at] ??= []).push((await examineView(model, image)).logit);
    members.push(
      await saveMember(folder, model, {
        name,
        family: "dreamNet",
        seed: index + 1,
        fold: index,
        ...(index === 1 ? { calibrator: platt(2, 0.1) } : {}),
      }),
    );
    model.dispose();
  }
  await saveBundle(folder, { members: members.slice(0, 1), ...rest });
  one = await loadBundle(folder);
  await saveBundle(folder, { members, ...rest });
  three = await loadBundle(folder);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a bundle", () => {
  it("gives its members one at a time, each with its own weights, and leaves nothing in memory", async () => {
    for (const index of [0, 1, 2]) {
      const found = await expectNoLeak(() =>
        withMember(three, index, async (model) => (await examineView(model, images[0]!)).logit, { family: "dreamNet" }),
      );
      expect(found).toBe(logits[0]![index]);
    }
    await expect(loadMember(three, 3)).rejects.toThrow("Expected a member 0 to 2, got 3");
  });

  it("refuses weights that are not those it states, and leaks none", async () => {
    const damaged: Bundle = { ...three, readFile: async (name) => new Uint8Array(await readFile(join(folder, name))).fill(1, -4) };
    await expectNoLeak(() =>
      expect(loadMember(damaged, 0)).rejects.toMatchObject({ code: "no-weights", message: expect.stringContaining("SHA-256") }),
    );
  });

  it("refuses weights that are not finite, though they are those it states, and leaks none", async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), "mammo-diverged-"));
    const model = dreamNet({ width: 1 / 16, seed: 1 });
    model.params["conv9/bias"]!.assign(fill([5], Number.NaN));
    const diverged = await saveMember(elsewhere, model, { name: "diverged", family: "dreamNet", seed: 1 });
    model.dispose();
    await saveBundle(elsewhere, { members: [diverged], ...rest });
    const bundle = await loadBundle(elsewhere);
    await expectNoLeak(() => expect(loadMember(bundle, 0)).rejects.toMatchObject({ name: "WeightsError", code: "not-finite" }));
    await rm(elsewhere, { recursive: true });
  });

  it("is refused where it is none, or of other standard images", async () => {
    const { readFile: _, ...file } = one;
    const open = (change: object) => () => openBundle({ ...file, ...change }, one.readFile);
    expect(open({ standardization: "mammo-standard-1" })).toThrow(
      expect.objectContaining({ code: "other-standardization", message: expect.stringContaining("mammo-standard-1") }),
    );
    const [member] = file.members;
    for (const change of [
      { schema: "other" },
      { members: [] },
      { members: [{ ...member, family: "toString" }] },
      { members: [{ ...member, name: "../first" }] },
      { members: [{ ...member, weightsSha256: "0" }] },
      { scale: undefined },
    ])
      expect(open(change)).toThrow(expect.objectContaining({ code: "no-weights" }));
    const unusable: readonly object[] = [
      { members: [null] },
      { members: [{ ...member, name: undefined }] },
      { members: [member, member] },
      { members: [{ ...member, calibrator: platt(-3, 0) }] },
      { calibrator: {} },
      { calibrator: { ...platt(1, 0), slope: "1" } },
      { scale: { name: "falls", cuts: [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1] } },
    ];
    for (const change of unusable)
      expect(open(change), JSON.stringify(change)).toThrow(expect.objectContaining({ name: "PipelineError", code: "no-weights" }));
    expect(() => openBundle(undefined, one.readFile)).toThrow(expect.objectContaining({ code: "no-weights" }));
    await writeFile(join(folder, "note.txt"), "");
    await expect(loadBundle(join(folder, "nowhere"))).rejects.toMatchObject({ code: "no-weights" });
  });
});

describe("where the members' graphs run", () => {
  /** TensorFlow.js, so much slower; counts what is begun and freed. */
  function slower(name: string, milliseconds: number) {
    const counts = { begun: 0, disposed: 0, runs: 0 };
    const start = (): Runner => {
      counts.begun++;
      return {
        async run(graph, model, inputs) {
          counts.runs++;
          await new Promise((resolve) => setTimeout(resolve, milliseconds));
          return tfjsRunner.run(graph, model, inputs);
        },
        dispose: async () => void counts.disposed++,
      };
    };
    return { kind: { name, start }, counts };
  }

  it("is the fastest of several, tried once and told; one for each member that is open, and all are freed", async () => {
    const [first, fast] = [slower("first", 400), slower("fast", 0)];
    const trials: RunnerTrial[] = [];
    const exams = [{ images }, { images: images.slice(0, 1) }];
    const scored: PlacedReport[] = [];
    await expectNoLeak(async () => {
      const options = { runners: [first.kind, fast.kind], onTrial: (trial: RunnerTrial) => void trials.push(trial) };
      for await (const { report } of scoreCohort(exams, three, options)) scored.push(report);
    });
    expect(scored).toEqual(await Promise.all(exams.map(async (exam) => (await scoreExam(exam, three)).report)));
    expect(trials.map(({ chosen }) => chosen.name)).toEqual(["fast"]);
    expect(trials[0]!.milliseconds["first"]).toBeGreaterThan(399);
    expect(first.counts).toMatchObject({ begun: 1, disposed: 1 });
    expect(fast.counts).toMatchObject({ begun: 1 + 3, disposed: 1 + 3 });
    expect(first.counts.runs).toBeGreaterThan(1); // One to warm up is not timed.
  });

  it("is the first where another saves little, and none is an error", async () => {
    const { chosen } = await fastestRunner([slower("first", 50).kind, slower("second", 49).kind], (runner) =>
      runner.run(() => ({ y: fill([1], 1) }), {}, {}),
    );
    expect(chosen.name).toBe("first");
    await expect(scoreExam({ images }, one, { runners: [] })).rejects.toThrow("Expected at least one runner, got none");
  });
});

describe("scoreExam", () => {
  it("calibrates the mean logit of the members, and the report's breast is that probability", async () => {
    const { report, views } = await expectNoLeak(() => scoreExam({ images }, three));
    for (const [at, [a, b, c]] of logits.entries()) {
      const own = logit(calibrate(platt(2, 0.1), b!));
      expect(views[at]!.probability).toBe(calibrate(rest.calibrator, poolLogits([a!, own, c!])));
    }
    const pooled = sigmoid(poolLogits(views.map(({ probability }) => logit(probability))));
    expect(report.breasts.map(({ probability }) => probability)).toEqual([expect.closeTo(pooled, 12)]);
    expect(report.images.map(({ view }) => view)).toEqual(images.map(({ laterality, view }) => `${laterality}-${view}`));
    for (const { findings } of report.images) for (const { mm } of findings) expect(mm).toMatchObject({ height: 48, width: 48 });
  });

  it("refuses a bundle whose scores tell no exam from another, by any kind of calibrator", async () => {
    const level = [
      { calibrator: platt(0, -1) },
      { calibrator: { kind: "isotonic", scores: [-1, 2], probabilities: [0.3, 0.3] } as const },
      { calibrator: { kind: "isotonic", scores: [1], probabilities: [0.3] } as const },
      { members: three.members.map((member) => ({ ...member, calibrator: platt(0, 1) })) },
      {
        scale: {
          name: "deciles",
          cuts: [0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3] as const,
          reference: { sha256: "0".repeat(64), cases: 20, quantiles: rest.scale.cuts },
        },
      },
    ];
    for (const change of level) {
      const bundle: Bundle = { ...three, ...change };
      await expect(scoreExam({ images }, bundle), JSON.stringify(change)).rejects.toMatchObject({ name: "PipelineError", code: "uncalibrated" });
      await expect(scoreCohort([{ images }], bundle).next()).rejects.toMatchObject({ code: "uncalibrated" });
    }
    const oneLevelMember = three.members.map((member, at) => (at === 0 ? { ...member, calibrator: platt(0, 1) } : member));
    expect((await scoreExam({ images }, { ...three, members: oneLevelMember })).views).toHaveLength(images.length);
  });

  it("passes on what was left out, by number or by name, and what is missing", async () => {
    const { report } = await scoreExam(
      {
        images,
        study: "s",
        leftOut: [
          { image: 3, rule: "intent" },
          { image: "abc", rule: "implant" },
        ],
        missing: [{ laterality: "R", position: "CC" }],
      },
      one,
    );
    expect(report).toMatchObject({
      study: "s",
      leftOut: [
        { file: "image 3", rule: "intent" },
        { file: "abc", rule: "implant" },
      ],
      missing: ["R-CC"],
    });
  });
});

describe("scoreCohort", () => {
  /** Counts the weights read, and the exams that were asked for before the last one was scored. */
  const counted = (bundle: Bundle) => {
    const counts = { read: 0, taken: 0 };
    const exams = function* () {
      for (let number = 1; number <= 5; number++) {
        counts.taken = number;
        yield { images, study: `exam ${number}` };
      }
    };
    const readFile = (name: string) => {
      counts.read++;
      return bundle.readFile(name);
    };
    return { counts, exams, bundle: { ...bundle, readFile } };
  };

  it("gives what scoreExam gives, in order; one member is loaded once", async () => {
    const { counts, exams, bundle } = counted(one);
    const alone = (await scoreExam(images, one)).report;
    let number = 0;
    for await (const { report, exam } of scoreCohort(exams(), bundle)) {
      expect(counts.taken).toBe(++number);
      expect([report, exam.study]).toEqual([{ ...alone, study: `exam ${number}` }, `exam ${number}`]);
    }
    expect([number, counts.read]).toEqual([5, 1]);
  });

  it("loads each of several members once for some exams together, and holds no tensor where the caller stops", async () => {
    const { counts, exams, bundle } = counted(three);
    const before = memory().numTensors;
    for await (const { report } of scoreCohort(exams(), bundle, { examsAtOnce: 2 })) if (report.study === "exam 3") break;
    expect([counts.taken, counts.read, memory().numTensors - before]).toEqual([4, 6, 0]);
    await expect(scoreCohort([], one, { examsAtOnce: 0 }).next()).rejects.toThrow(RangeError);
  });
});

describe("a bundle.json that somebody has edited", () => {
  const edited = (change: (file: Record<string, unknown> & { members: Record<string, unknown>[] }) => void): unknown => {
    const { readFile: _, ...file } = one;
    const copy = JSON.parse(JSON.stringify(file));
    change(copy);
    return copy;
  };
  const options = (file: { members: Record<string, unknown>[] }) => file.members[0]!["options"] as Record<string, unknown>;

  it.each<[string, (file: Record<string, unknown> & { members: Record<string, unknown>[] }) => void]>([
    ["a slope that falls", (file) => void (file["calibrator"] = platt(-2, 0))],
    ["a temperature below 0", (file) => void (file["calibrator"] = { kind: "temperature", temperature: -1 })],
    ["a pair model whose cost is below 0", (file) => void (file["pairModel"] = { ...startingPairModel, intercept: -1, costs: { depth: -1 } })],
    ["probabilities above 1", (file) => void (file["calibrator"] = { kind: "isotonic", scores: [0, 1], probabilities: [5, 7] })],
    ["a heatmap by the name of a prototype's function", (file) => void (options(file)["heatmap"] = "constructor")],
    ["two million rows", (file) => void (options(file)["rows"] = 2e6)],
    ["a width above 1", (file) => void (options(file)["width"] = 4)],
    ["no options", (file) => void delete file.members[0]!["options"]],
    ["a member's name with a path", (file) => void (file.members[0]!["name"] = "../first")],
    ["a cohort's name of a page", (file) => void (file["trainedOn"] = "x".repeat(10_000))],
    ["an escape sequence in the cohort's name", (file) => void (file["trainedOn"] = "phantom\u009b2J")],
    ["a mark of direction in a version", (file) => void (file["provenance"] = { ...rest.provenance, node: "20\u202e" })],
    ["no provenance", (file) => void delete file["provenance"]],
    ["no fields at all", (file) => void Object.keys(file).map((key) => key !== "schema" && delete file[key])],
  ])("is refused for %s, before anything is allocated", (_, change) => {
    expect(() => openBundle(edited(change), one.readFile)).toThrow(expect.objectContaining({ name: "PipelineError", code: "no-weights" }));
  });

  it("is read only where the published schema takes it, whatever stands in any one place", () => {
    const isBundle = new Ajv().compile(schema);
    const whole = edited((file) => {
      file["warning"] = "scores are level";
      file["pairModel"] = { ...startingPairModel, pairs: 20, alone: -1, taken: { slope: 1, intercept: 0.5 } };
      file["scale"] = { ...rest.scale, reference: { sha256: "0".repeat(64), cases: 20, quantiles: rest.scale.cuts } };
      Object.assign(file.members[0]!, { fold: 1, calibrator: { kind: "venn-abers", scores: [0, 1], lower: [0.1, 0.2], upper: [0.2, 0.4] } });
      options(file)["headWidth"] = 0.5;
    });
    expect(isBundle(whole)).toBe(true);
    const calibrators = [
      { kind: "temperature", temperature: 2 },
      { kind: "isotonic", scores: [0, 1], probabilities: [0.1, 0.7] },
      { kind: "beta", a: 1, b: 0, c: -1 },
    ];
    const others = [undefined, null, true, -1, 0, 0.5, 2, 1e300, "", "x", "x".repeat(201), [], [1], ["x"], {}, { kind: "platt" }];
    let [refused, tried] = [0, 0];
    for (const file of [whole, ...calibrators.map((calibrator) => edited((one) => void (one["calibrator"] = calibrator)))])
      for (const path of placesOf(file))
        for (const other of others) {
          const changed = replaced(file, path, other);
          tried++;
          if (isBundle(changed)) continue;
          refused++;
          expect(() => openBundle(changed, one.readFile), `${path.join(".")} = ${JSON.stringify(other)}`).toThrow(
            expect.objectContaining({ name: "PipelineError" }),
          );
        }
    // Most of what was tried is no bundle, and the schema knows.
    expect(refused).toBeGreaterThan(0.75 * tried);
  });

  it("is refused by the name of the pair model, and keeps a usable one", () => {
    expect(() =>
      openBundle(
        edited((file) => void (file["pairModel"] = null)),
        one.readFile,
      ),
    ).toThrow(/Expected the pairModel in bundle\.json to be usable: .*kind pair model/);
    const pairModel = { ...startingPairModel, pairs: 7 };
    expect(
      openBundle(
        edited((file) => void (file["pairModel"] = pairModel)),
        one.readFile,
      ).pairModel,
    ).toEqual(pairModel);
  });

  it("keeps what it knows and drops the rest", () => {
    const opened = openBundle(
      edited((file) => void (file["__proto__x"] = 1)),
      one.readFile,
    );
    expect(Object.keys(opened).sort()).toEqual([
      "calibrator",
      "members",
      "provenance",
      "readFile",
      "scale",
      "schema",
      "standardization",
      "trainedOn",
    ]);
  });
});
