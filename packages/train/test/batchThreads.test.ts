import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { selectBackend } from "@mammo/backend";
import { expectNoLeak } from "@mammo/testing";
import { adam, type Loss, type Stage, sigmoidCrossEntropy, trainStage } from "@mammo/train";
import { type BatchThreads, batchThreads, type PlainBatches } from "@mammo/train/node";
import { dispose, type Tensor } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { type TinyBatch, type TinyModel, tinyModel } from "./tinyModel.ts";

beforeAll(() => selectBackend({ prefer: "cpu" }));

const module = new URL("./batchModule.js", import.meta.url);
const places = [{ view: 0, center: [1, 2], score: 3 }] as const;
const loss: Loss<TinyModel, TinyBatch> = (model, { images, labels }, mode) => sigmoidCrossEntropy(labels, model.apply(images, mode));
const stage = { name: "S1", steps: 12, loss, transform: adam({ learningRate: 1e-2 }) };
type Made = Readonly<Record<string, Tensor>>;

async function withThreads<T>(
  options: { fail?: unknown; slow?: number; short?: number; threads?: number },
  use: (made: BatchThreads<Made>) => Promise<T>,
): Promise<T> {
  const { threads = 1, ...data } = options;
  const made = batchThreads<Made>(module, { data, threads });
  try {
    return await use(made);
  } finally {
    await made.close();
  }
}

describe("batchThreads", () => {
  it.each([1, 3])("%i of them make the batches of the module, to the bit, in any order of asking", async (threads) => {
    const { batches } = (await import(module.href)) as { readonly batches: (data: object) => PlainBatches };
    const own = batches({});
    await withThreads({ threads, slow: 5 }, async ({ batch }) => {
      const asked = [4, 0, 1, 2, 3, 4];
      const came = await Promise.all(asked.map((step) => batch(step, step === 3 ? places : [])));
      for (const [index, step] of asked.entries()) {
        const expected = await own(step, step === 3 ? places : []);
        for (const [name, { shape, data }] of Object.entries(expected)) {
          expect(came[index]![name]!.shape).toEqual(shape);
          expect(came[index]![name]!.dataSync()).toEqual(data);
        }
        expect(Object.values(came[index]!).map(({ dtype }) => dtype)).toEqual(["float32", "float32", "float32", "int32"]);
      }
      dispose(came as never);
    });
  });

  it("train a stage to the same weights with and without batches ahead, and leave no tensor; so does a loop that breaks", async () => {
    const weightsAfter = async (ahead: number, stop = Infinity) =>
      withThreads({ threads: 2, slow: 2 }, async ({ batch }) => {
        const model = tinyModel();
        for await (const { step } of trainStage(model, { ...stage, batch } as unknown as Stage<TinyModel, TinyBatch>, { ahead }))
          if (step === stop) break;
        const weights = model.params["trunk/conv/kernel"]!.dataSync().slice();
        model.dispose();
        return weights;
      });
    const alone = await weightsAfter(0);
    await expectNoLeak(async () => expect(await weightsAfter(3)).toEqual(alone));
    await expectNoLeak(() => weightsAfter(4, 2));
  });

  it("hand on what goes wrong, with its name and code, and go on", async () => {
    await withThreads({ fail: 2 }, async ({ batch }) => {
      await expect(batch(2, [])).rejects.toMatchObject({ name: "TypeError", message: "no batch 2", code: "no-batch" });
      dispose(await batch(3, []));
    });
    await withThreads({ fail: "start" }, async ({ batch }) => {
      await expect(batch(0, [])).rejects.toMatchObject({ name: "RangeError", message: "no data", code: "no-data" });
    });
    await withThreads({ fail: "text 0" }, async ({ batch }) => void (await expect(batch(0, [])).rejects.toThrow("a text")));
  });

  it("leave nothing behind of a batch that is none, and wait for nothing that cannot be sent", async () => {
    await withThreads({ short: 1 }, async ({ batch }) => {
      await expectNoLeak(() => expect(batch(1, [])).rejects.toThrow());
      await expect(batch(2, [{ view: 0, center: [0, 0], score: 1, note: () => 0 } as never])).rejects.toThrow(/could not be cloned/);
      dispose(await batch(3, []));
    });
    const empty = batchThreads<Made>(new URL("data:text/javascript,export const other = 1;"), { data: {} });
    await expect(empty.batch(0, [])).rejects.toThrow("Expected a module that exports batches, a function, got none.");
    await empty.close();
  });

  it("that end refuse what they were asked and what they are asked", async () => {
    await withThreads({ fail: "exit 1" }, async ({ batch }) => {
      await expect(batch(1, [])).rejects.toThrow("Expected a thread that makes batches, got one that has ended.");
      await expect(batch(2, [])).rejects.toThrow("got one that has ended");
    });
    const made = batchThreads<Made>(module, { data: { slow: 60_000 } });
    const waiting = expect(made.batch(1, [])).rejects.toThrow("Expected threads that are not closed.");
    await made.close();
    await waiting;
    await expect(made.batch(0, [])).rejects.toThrow("Expected threads that are not closed.");
  });

  it("keep a process alive while it waits for them, and no longer", () => {
    const tsx = pathToFileURL(createRequire(new URL("../../../package.json", import.meta.url)).resolve("tsx")).href;
    const program = fileURLToPath(new URL("./leaveThreads.ts", import.meta.url));
    const { status, stdout } = spawnSync(process.execPath, ["--conditions=@mammo/source", "--import", tsx, program], {
      timeout: 60_000,
      encoding: "utf8",
    });
    expect([status, stdout]).toEqual([0, "3\n"]);
  });

  it.each([0, 1.5])("%d threads are a mistake", (threads) => {
    expect(() => batchThreads(module, { data: {}, threads })).toThrow(`Expected a whole number of threads above 0, got ${threads}.`);
  });
});
