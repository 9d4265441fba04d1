import { selectBackend } from "@mammo/backend";
import { expectNoLeak } from "@mammo/testing";
import { adam, disposeOptimizer, initOptimizer, type Loss, trainStep } from "@mammo/train";
import { backend, dispose, mean, type Scalar, square, sub } from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { type TinyBatch, type TinyModel, tinyBatch, tinyModel } from "./tinyModel.ts";

const loss: Loss<TinyModel, TinyBatch> = (model, { images, labels }, mode) => mean<Scalar>(square(sub(model.apply(images, mode), labels)));

beforeAll(async () => {
  await selectBackend({ prefer: "cpu" });
});

/** The backend's next reading, or the one after it, fails: so a GPU tells that it refused the work of a step. */
function failReading(number: 1 | 2): void {
  const current = backend();
  const read = current.read;
  let count = 0;
  current.read = (dataId) => {
    if (++count < number) return read.call(current, dataId);
    current.read = read;
    return Promise.reject(new Error("the GPU's memory is full"));
  };
}

it.each([1, 2] as const)("a step whose reading %i fails leaves model and optimizer as they were, and no tensor", async (number) => {
  await expectNoLeak(async () => {
    const [model, batch, transform] = [tinyModel(), tinyBatch(0), adam({ learningRate: 0.1 })];
    const state = initOptimizer(transform, model);
    const held = () => [...Object.values(model.params), ...Object.values(model.buffers)].map((weight) => [...weight.dataSync()]);
    const before = held();
    await expectNoLeak(async () => {
      failReading(number);
      await expect(trainStep(model, batch, { loss, transform, state, step: 0 })).rejects.toThrow("memory is full");
    });
    expect(held()).toEqual(before);
    // The state is still whole: the step can be tried again.
    const after = await trainStep(model, batch, { loss, transform, state, step: 0 });
    expect(after.loss).toBeGreaterThan(0);
    disposeOptimizer(after.state);
    dispose(Object.values(batch));
    model.dispose();
  });
});
