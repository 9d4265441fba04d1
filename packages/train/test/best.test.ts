import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selectBackend } from "@mammo/backend";
import { expectNoLeak } from "@mammo/testing";
import { decodeCheckpoint } from "@mammo/train";
import { runStageInFolder, type StageEvent, type StageResult } from "@mammo/train/node";
import { Ajv2020 as Ajv } from "ajv/dist/2020.js";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { plan } from "./folderPlan.ts";
import { tinyModel } from "./tinyModel.ts";

beforeAll(() => selectBackend({ prefer: "cpu" }));

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "mammo-best-"))));
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Told {
  readonly value: number;
}
const metrics = [0.5, 0.7, 0.6, 0.7, 0.65, 0.1, 0.2];
const stage = { ...plan[0]!, steps: 33 };

/** Runs the stage with validations that come to the metrics; gives its events and what it returned, if it came to its end. */
async function run({
  values = metrics,
  patience,
  stop = Infinity,
  every = 5,
  ema = true,
  metric = "told",
}: {
  values?: readonly number[];
  patience?: number;
  stop?: number;
  every?: number;
  ema?: boolean;
  metric?: string;
} = {}) {
  const model = tinyModel();
  const { ema: average, ...rest } = stage;
  // A metric of the net's place in the plan, so that a resumed run is told the same.
  let step = 0;
  const validate = (): Told => ({ value: values[Math.ceil((step + 1) / every) - 1]! });
  const batch = (at: number) => rest.batch((step = at), []);
  const best = { metric, of: ({ value }: Told) => value, every, ...(patience === undefined ? {} : { patience }) };
  const events: StageEvent<Told>[] = [];
  let result: StageResult<Told> | undefined;
  const stages = runStageInFolder(model, { ...rest, batch, ...(ema ? { ema: average! } : {}) }, { folder, saveEvery: 7, validate, best });
  for (let next = await stages.next(); ; next = await stages.next()) {
    if (next.done) {
      result = next.value;
      break;
    }
    events.push(next.value);
    if (next.value.kind === "step" && next.value.step === stop) {
      await stages.return(undefined as never);
      break;
    }
  }
  model.dispose();
  return { events, result };
}
const at = (name: string) => join(folder, name);
/** All but the clock's seconds. */
const stateOf = (bytes: Uint8Array) => {
  const { notes, ...state } = decodeCheckpoint(bytes);
  return { ...state, notes: { ...notes, seconds: "" } };
};
async function outcome() {
  const [last, best] = await Promise.all(["S3.safetensors", "S3.best.safetensors"].map(async (name) => stateOf(await readFile(at(name)))));
  return { last, best, summary: { ...JSON.parse(await readFile(at("S3.json"), "utf8")), seconds: 0 } };
}

describe("the best checkpoint", () => {
  it("is the one that was highest by the metric, the earlier at a tie; it is told, kept and handed on", async () => {
    const { events, result } = await run();
    const judged = metrics.map((value, index) => [Math.min(33, 5 * (index + 1)), value]);
    expect(events.filter(({ kind }) => kind === "judged")).toEqual(
      judged.map(([step, value]) => ({ kind: "judged", stage: "S3", step, value, isBest: value === 0.5 || step === 10 })),
    );
    const { last, best, summary } = await outcome();
    expect([best!.step, last!.step]).toEqual([10, 33]);
    expect(summary).toMatchObject({ steps: 33, value: 0.2, best: { metric: "told", step: 10, value: 0.7, judged } });
    expect(stateOf(result!.best!)).toEqual(best);
    expect((await readdir(folder)).sort()).toEqual(["S3.best.safetensors", "S3.json", "S3.safetensors"]);
    const isSummary = new Ajv().compile(JSON.parse(await readFile(new URL("../schemas/stage.schema.json", import.meta.url), "utf8")));
    expect(isSummary(summary)).toBe(true);
    expect(isSummary({ ...summary, best: { ...summary.best, judged: [] } })).toBe(false);
  });

  it("holds the weights that the stage had then", async () => {
    await run({ stop: 10 });
    const then = decodeCheckpoint(await readFile(at("S3.safetensors")));
    await run();
    const best = decodeCheckpoint(await readFile(at("S3.best.safetensors")));
    expect([best.weights, best.ema]).toEqual([then.weights, then.ema]);
  });

  it("comes out the same however often the stage is stopped, and with the write of it lost", async () => {
    await run();
    const whole = await outcome();
    await rm(folder, { recursive: true });
    for (const stop of [3, 10, 12, 20, 30]) {
      await expectNoLeak(() => run({ stop }));
      // Ended after the checkpoint and before the best one.
      if (stop === 10) await rm(at("S3.best.safetensors"));
    }
    await run();
    expect(await outcome()).toEqual(whole);
    expect((await run()).events.map(({ kind }) => kind)).toEqual(["started", "finished"]);
    expect(await outcome()).toEqual(whole);
  });

  it("is the last where the last is the best, without an average too", async () => {
    const { result } = await run({ values: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7], ema: false });
    expect(Buffer.compare(result!.best!, result!.checkpoint)).toBe(0);
    await rm(at("S3.best.safetensors"));
    expect(Buffer.compare((await run({ ema: false })).result!.best!, result!.checkpoint)).toBe(0);
  });

  it("that is lost, or of another step, is not replaced by another", async () => {
    await run();
    const last = await readFile(at("S3.safetensors"));
    await rm(at("S3.best.safetensors"));
    const refused = {
      code: "checkpoint-mismatch",
      message: expect.stringContaining("expected its best checkpoint of step 10 beside its last, got none"),
    };
    await expect(run()).rejects.toMatchObject(refused);
    await writeFile(at("S3.best.safetensors"), last);
    await expect(run()).rejects.toMatchObject(refused);
  });

  it("is judged by one metric: another is refused, stopped or finished", async () => {
    await run({ stop: 12 });
    const refused = {
      code: "checkpoint-mismatch",
      message: "Stage S3: expected a checkpoint whose best is judged by another, got one of another metric.",
    };
    await expect(run({ metric: "another" })).rejects.toMatchObject(refused);
    await run();
    await expect(run({ metric: "another" })).rejects.toMatchObject(refused);
  });

  it("is not written for a checkpoint of another model", async () => {
    await run({ stop: 10 });
    await rm(at("S3.best.safetensors"));
    const other = runStageInFolder(
      tinyModel(),
      { ...stage, name: "S3", ema: undefined as never },
      { folder, validate: () => ({ value: 1 }), best: { metric: "told", of: () => 1, every: 5 } },
    );
    await expect(other.next()).rejects.toMatchObject({ code: "checkpoint-mismatch" });
    expect(await readdir(folder)).toEqual(["S3.safetensors"]);
  });

  it.each([{ saveEvery: Number.NaN }, { saveEvery: 0 }, { saveEverySeconds: Number.NaN }])("%j saves nothing and is refused", async (options) => {
    await expect(runStageInFolder(tinyModel(), stage, { folder, ...options }).next()).rejects.toThrow(
      /^Expected saveEvery above 0 and saveEverySeconds of at least 0 in stage S3, got /,
    );
  });

  it("of a stage that was finished without a metric is none", async () => {
    for await (const _ of runStageInFolder(tinyModel(), stage, { folder, validate: () => ({ value: 1 }) })); // biome-ignore format: one row
    await expect(run()).rejects.toThrow("got a stage that was never judged: remove the stage's files to run it again.");
  });

  it("needs numbers: a metric of NaN, no validation, and counts that are none are refused", async () => {
    await expect(run({ values: [Number.NaN] })).rejects.toThrow("Expected told as a finite number at step 5 of stage S3, got NaN.");
    await expect(run({ every: 0 })).rejects.toThrow("Expected best.every of stage S3 to be a whole number above 0, got 0.");
    await expect(run({ patience: 0.5 })).rejects.toThrow("Expected best.patience of stage S3 to be a whole number above 0, got 0.5.");
    const none = runStageInFolder(tinyModel(), stage, { folder, best: { metric: "told", of: () => 1, every: 1 } });
    await expect(none.next()).rejects.toThrow("Expected validate beside best in stage S3, got none.");
  });

  it("of a checkpoint whose judged steps are no numbers is refused", async () => {
    for (const judged of ["[[1]]", "x", "{}"]) {
      for await (const { kind } of runStageInFolder(tinyModel(), stage, { folder, notes: { judged }, saveEvery: 1 })) if (kind === "step") break; // biome-ignore format: one row
      await expect(run()).rejects.toMatchObject({ code: "checkpoint-format" });
      await rm(at("S3.safetensors"));
    }
  });
});

describe("patience", () => {
  it("ends a stage after so many validations without a better one, a tie is none; ended, it stays so", async () => {
    const { events, result } = await run({ patience: 3 });
    expect(result!.summary).toMatchObject({ steps: 25, value: 0.65, best: { step: 10, value: 0.7 } });
    expect(events.at(-2)).toMatchObject({ kind: "judged", step: 25 });
    const whole = await outcome();
    expect((await run({ patience: 3 })).events.map(({ kind }) => kind)).toEqual(["started", "finished"]);
    expect(await outcome()).toEqual(whole);
    await rm(at("S3.json"));
    await run({ patience: 3 }); // its summary is made again
    expect((await outcome()).summary).toMatchObject({ steps: 25, best: { step: 10 } });
    // Without patience it goes on.
    expect((await run()).result!.summary).toMatchObject({ steps: 33 });
  });

  it("stopped and resumed, ends at the same step", async () => {
    await run({ patience: 2 });
    const whole = await outcome();
    await rm(folder, { recursive: true });
    for (const stop of [9, 15, 18]) await run({ patience: 2, stop });
    await run({ patience: 2 });
    expect(await outcome()).toEqual(whole);
    expect(whole.summary.steps).toBe(20);
  });

  it("that is never used up changes nothing", async () => {
    await run();
    const whole = await outcome();
    await rm(folder, { recursive: true });
    await run({ patience: 6 });
    expect(await outcome()).toEqual(whole);
  });
});
