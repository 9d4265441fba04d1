import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { selectBackend } from "@mammo/backend";
import { expectNoLeak } from "@mammo/testing";
import { decodeCheckpoint } from "@mammo/train";
import { dynamicsFileName, readDynamics, runStageInFolder, type StageEvent } from "@mammo/train/node";
import { fill, type Rank } from "@tensorflow/tfjs-core";
import { Ajv2020 as Ajv } from "ajv/dist/2020.js";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { plan, runInFolder } from "./folderPlan.ts";
import { type TinyBatch, tinyBatch, tinyModel } from "./tinyModel.ts";

beforeAll(() => selectBackend({ prefer: "cpu" }));

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "mammo-train-"))));
afterEach(() => rm(folder, { recursive: true, force: true }));

async function collect(events: AsyncIterable<StageEvent>): Promise<StageEvent[]> {
  const all: StageEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}
const at = (name: string) => join(folder, name);
const schema = async (name: string) => JSON.parse(await readFile(new URL(`../schemas/${name}.schema.json`, import.meta.url), "utf8"));
const summaryOf = async (name: string) => JSON.parse(await readFile(at(`${name}.json`), "utf8"));
/** A batch whose pixels say nothing. */
function dark({ images, labels }: TinyBatch): TinyBatch {
  const broken = fill<Rank.R4>(images.shape, Number.NaN);
  images.dispose();
  return { images: broken, labels };
}
/** What a stage must come to, however it got there: all but the clock's seconds. */
async function outcome() {
  const states = await Promise.all(
    plan.map(async ({ name }) => {
      const { notes, ...state } = decodeCheckpoint(await readFile(at(`${name}.safetensors`)));
      return { ...state, notes: { ...notes, seconds: "" }, summary: { ...(await summaryOf(name)), seconds: 0 } };
    }),
  );
  return JSON.stringify(states, (_, value) => (ArrayBuffer.isView(value) ? Buffer.from(value.buffer).toString("hex") : value));
}

describe("runStageInFolder", () => {
  it("tells of its start, each step and its end, and leaves a checkpoint and a summary of each stage", async () => {
    const events = await collect(runInFolder(folder));
    const s3 = events.filter(({ stage }) => stage === "S3");
    expect(s3.map(({ kind }) => kind)).toEqual(["started", ...new Array(60).fill("step"), "finished"]);
    expect(s3[0]).toEqual({ kind: "started", stage: "S3", step: 0, steps: 60 });
    expect(s3[60]).toMatchObject({ step: 60, steps: 60, loss: expect.any(Number), gradientNorm: expect.any(Number) });
    const summary = await summaryOf("S3");
    expect(s3[61]).toEqual({ kind: "finished", stage: "S3", summary });
    expect(Object.keys(summary)).toEqual(["stage", "steps", "seconds", "losses", "bias"]);
    // Sixty losses in stretches of two, each told by its last step and its mean.
    const losses = s3.flatMap((event) => (event.kind === "step" ? [event.loss] : []));
    expect(summary.losses).toEqual(Array.from({ length: 30 }, (_, i) => [2 * i + 2, (losses[2 * i]! + losses[2 * i + 1]!) / 2]));
    const { ema, weights, notes } = decodeCheckpoint(await readFile(at("S3.safetensors")));
    expect(summary.bias).toBe(ema!["trunk/conv/offset"]!.data[0]);
    expect(summary.bias).not.toBe(weights["trunk/conv/offset"]!.data[0]);
    expect([notes["seed"], JSON.parse(notes["losses"]!).length, Number(notes["seconds"]) > 0]).toEqual(["11", 60, true]);
    expect((await readdir(folder)).sort()).toEqual(["S3.json", "S3.safetensors", "S4.json", "S4.safetensors"]);
  });

  it("stopped anywhere, goes on to the same checkpoint, losses and summary; finished, does nothing but load", async () => {
    await collect(runInFolder(folder));
    const whole = await outcome();
    await rm(folder, { recursive: true });
    for (const stop of [1, 10, 30, 45, 60, 12]) {
      let left = stop;
      for await (const { kind } of runInFolder(folder)) if (kind === "step" && --left === 0) break;
    }
    const model = tinyModel({ seed: 4 });
    await expectNoLeak(() => collect(runInFolder(folder, model)));
    expect(await outcome()).toBe(whole);
    const events = await collect(runInFolder(folder, tinyModel({ seed: 5 })));
    expect(events.map(({ kind, ...event }) => [kind, "step" in event ? event.step : undefined])).toEqual([
      ["started", 60],
      ["finished", undefined],
      ["started", 40],
      ["finished", undefined],
    ]);
    const { weights } = decodeCheckpoint(await readFile(at("S4.safetensors")));
    for (const [name, param] of Object.entries(model.params)) expect(param.dataSync()).toEqual(weights[name]!.data);
  });

  it("killed with SIGKILL at any moment, goes on to what an unstopped run comes to", { timeout: 120_000 }, async () => {
    await collect(runInFolder(folder));
    const whole = await outcome();
    await rm(folder, { recursive: true });
    const tsx = pathToFileURL(createRequire(new URL("../../../package.json", import.meta.url)).resolve("tsx")).href;
    const program = ["--conditions=@mammo/source", "--import", tsx, fileURLToPath(new URL("./trainInFolder.ts", import.meta.url)), folder];
    let killed = 0;
    for (const word of ["S3 step 8", "S3 step 33", "S3 finished", "S4 step 15"]) {
      const child = spawn(process.execPath, program, { stdio: ["ignore", "pipe", "inherit"] });
      let told = "";
      child.stdout.on("data", (text) => (told += text).includes(word) && child.kill("SIGKILL"));
      const signal = await new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
      if (signal === "SIGKILL") killed++;
    }
    expect(killed).toBeGreaterThan(0);
    await collect(runInFolder(folder));
    expect(await outcome()).toBe(whole);
  });

  it("makes the summary again, from the averages, where it was lost or is no summary of the stage by the schema", async () => {
    const isSummary = new Ajv().compile(await schema("stage"));
    await collect(runInFolder(folder));
    const { seconds: _, ...before } = await summaryOf("S3");
    expect(isSummary(await summaryOf("S3"))).toBe(true);
    const full = { ...before, seconds: 1 };
    const edited = [{ steps: 59 }, { stage: "S4" }, { seconds: -1 }, { losses: "<b>" }, { losses: [[1, "1"]] }, { losses: [[1]] }];
    for (const text of [undefined, "[]", "null", ...edited.map((change) => JSON.stringify({ ...full, ...change }))]) {
      if (text === undefined) await rm(at("S3.json"));
      else await writeFile(at("S3.json"), text);
      await expectNoLeak(async () => {
        const model = tinyModel();
        await collect(runInFolder(folder, model));
        model.dispose();
      });
      expect(await summaryOf("S3"), text).toMatchObject(before);
    }
    const quick = { ...full, seconds: 0 }; // clocks are coarse
    await writeFile(at("S3.json"), JSON.stringify(quick));
    await collect(runInFolder(folder));
    expect(await summaryOf("S3")).toEqual(quick);
    // Its name and its steps are the stage's own; all else the schema refuses too.
    for (const change of edited.slice(2)) expect(isSummary({ ...full, ...change }), JSON.stringify(change)).toBe(false);
  });

  it("observed, comes to the same bytes, and keeps one line a step however often it is stopped", async () => {
    const [stage] = plan as [(typeof plan)[0]];
    const once = async (where: string, observeEvery?: number, stopAt = Infinity) => {
      const model = tinyModel();
      for await (const event of runStageInFolder(model, stage, { folder: where, saveEvery: 7, observeEvery }))
        if (event.kind === "step" && event.step === stopAt) break;
      model.dispose();
    };
    const stateOf = async (where: string) => {
      const { notes: _, ...state } = decodeCheckpoint(await readFile(join(where, "S3.safetensors")));
      return state;
    };
    const [plain, watched] = [at("plain"), at("watched")];
    await once(plain);
    for (const stopAt of [9, 22, Infinity]) await expectNoLeak(() => once(watched, 5, stopAt));
    expect(await stateOf(watched)).toEqual(await stateOf(plain));
    const steps = await readDynamics(join(watched, dynamicsFileName("S3")));
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, index) => 5 * (index + 1)));
    expect(steps[0]!.parameters.map(({ name }) => name)).toEqual(["trunk/conv/kernel", "trunk/conv/offset", "head/dense/kernel", "head/out/kernel"]);
    expect((await readFile(join(watched, "tensorboard/S3/events.out.tfevents.mammo"))).length).toBeGreaterThan(1000);
    await expect(once(at("none"), 0)).rejects.toThrow("observeEvery");
  });

  it.each([
    [
      "keeps what the batch of a step that is not finite was made of beside the last good checkpoint",
      async (step: number) => [`view ${step}`],
      ["view 16"],
    ],
    ["tells of such a step as it is where its ids cannot be told", () => Promise.reject(new Error("The disk is gone.")), undefined],
  ])("%s", async (_, batchIds, kept) => {
    const [S3] = plan;
    const poisoned = { ...S3!, batch: (step: number) => (step === 16 ? dark(tinyBatch(step)) : tinyBatch(step)), batchIds };
    const running = collect(runStageInFolder(tinyModel(), poisoned, { folder, saveEvery: 7 }));
    const message = "Stage S3: Expected a finite loss and gradient at step 17";
    await expect(running).rejects.toMatchObject({ code: "not-finite", message: expect.stringContaining(message), ...(kept ? { batch: kept } : {}) });
    expect(decodeCheckpoint(await readFile(at("S3.safetensors"))).step).toBe(14);
    expect((await readdir(folder)).includes("S3.not-finite.json")).toBe(kept !== undefined);
    if (kept) expect(await summaryOf("S3.not-finite")).toEqual({ error: expect.stringContaining(message), batch: kept });
  });

  it("refuses a checkpoint of another stage or model, a stage without steps, and a name that is no file's", async () => {
    const [stage] = plan as [(typeof plan)[0]];
    const run = (over: object, model = tinyModel()) => collect(runStageInFolder(model, { ...stage, ...over }, { folder }));
    await run({ steps: 2 });
    await expect(run({ steps: 2 }, tinyModel({ head: 4 }))).rejects.toMatchObject({ code: "checkpoint-mismatch" });
    await expect(run({ steps: 1 })).rejects.toMatchObject({ code: "checkpoint-mismatch" });
    await writeFile(at("S3.safetensors"), "no checkpoint");
    await expect(run({ steps: 2 })).rejects.toMatchObject({ code: "checkpoint-format" });
    await expect(run({ steps: 0 })).rejects.toThrow("Expected at least one step in stage S3, got 0.");
    await expect(run({ name: "../S3" })).rejects.toThrow('Expected a stage\'s name of letters, digits, ".", "_" and "-", got "../S3".');
  });

  it("refuses a checkpoint with other notes: another seed's weights are not this run's", async () => {
    const [stage] = plan as [(typeof plan)[0]];
    const run = (seed: string) => collect(runStageInFolder(tinyModel(), { ...stage, steps: 2 }, { folder, notes: { seed } }));
    await run("1");
    await expect(run("2")).rejects.toMatchObject({ code: "checkpoint-mismatch", message: expect.stringContaining("whose seed is 2, got 1") });
    await run("1");
  });

  it.each([
    ["a hash", "0123456789abcdef".repeat(4), "0123456789abcdef".repeat(4)],
    ["what is longer than a hash", "f".repeat(65), "another"],
    ["a name", "Doe^Jane", "another"],
  ])("repeats of another checkpoint's notes numbers and hashes: %s", async (_, seed, shown) => {
    const [stage] = plan as [(typeof plan)[0]];
    const run = (seed: string) => collect(runStageInFolder(tinyModel(), { ...stage, steps: 2 }, { folder, notes: { seed } }));
    await run(seed);
    await expect(run("2")).rejects.toThrow(`whose seed is 2, got ${shown}.`);
  });

  it.each([
    [1, [1]],
    [50, Array.from({ length: 50 }, (_, i) => i + 1)],
    // Two by two, the last alone.
    [51, [...Array.from({ length: 25 }, (_, i) => 2 * i + 2), 51]],
  ])("tells %i losses at no more than fifty points", async (steps, points) => {
    const [stage] = plan as [(typeof plan)[0]];
    await collect(runStageInFolder(tinyModel(), { ...stage, steps }, { folder }));
    expect((await summaryOf("S3")).losses.map(([step]: readonly [number, number]) => step)).toEqual(points);
  });

  it("saves every twenty steps by default", async () => {
    const [stage] = plan as [(typeof plan)[0]];
    const saved: number[] = [];
    for await (const event of runStageInFolder(tinyModel(), stage, { folder }))
      if (event.kind === "step" && [19, 20, 39, 41, 59].includes(event.step))
        saved.push(await readFile(at("S3.safetensors")).then((bytes) => decodeCheckpoint(bytes).step, () => 0)); // biome-ignore format: one row
    expect(saved).toEqual([0, 20, 20, 40, 40]);
  });

  it("saves once so many seconds have gone since it last did", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const [stage] = plan as [(typeof plan)[0]];
    const times = [0, 1999, 1, 1999, 2000];
    const batch = (step: number) => {
      vi.advanceTimersByTime(times[step]!);
      return stage.batch(step, []);
    };
    const saved: number[] = [];
    for await (const event of runStageInFolder(tinyModel(), { ...stage, steps: 6, batch }, { folder, saveEvery: 1000, saveEverySeconds: 2 })) {
      if (event.kind === "step") saved.push(await readFile(at("S3.safetensors")).then((bytes) => decodeCheckpoint(bytes).step, () => 0)); // biome-ignore format: one row
      if (saved.length === 5) break;
    }
    vi.useRealTimers();
    expect(saved).toEqual([0, 0, 3, 3, 5]);
    // Six seconds less one millisecond, told in seconds.
    expect(Number(decodeCheckpoint(await readFile(at("S3.safetensors"))).notes["seconds"])).toBeCloseTo(5.999, 9);
  });

  it("saves after so many seconds too", async () => {
    const [stage] = plan as [(typeof plan)[0]];
    let steps = 0;
    for await (const { kind } of runStageInFolder(tinyModel(), stage, { folder, saveEvery: 1000, saveEverySeconds: 0 }))
      if (kind === "step" && ++steps === 3) break;
    expect(decodeCheckpoint(await readFile(at("S3.safetensors"))).step).toBe(3);
  });
});
