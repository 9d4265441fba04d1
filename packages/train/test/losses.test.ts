import { selectBackend } from "@mammo/backend";
import { expectClose, expectNoLeak } from "@mammo/testing";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "@mammo/train";
import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import { copyRegisteredKernels, registerBackend, setBackend, type Tensor, tensor, valueAndGrad } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

beforeAll(() => selectBackend({ prefer: "cpu" }));

/** Loss and gradient of a function of numbers by central differences, in float64: the slow twin. */
function twin(loss: (z: readonly number[]) => number, z: readonly number[]): { value: number; grad: number[] } {
  const moved = (at: number, by: number) => loss(z.map((one, index) => (index === at ? one + by : one)));
  return { value: loss(z), grad: z.map((_, at) => (moved(at, 1e-5) - moved(at, -1e-5)) / 2e-5) };
}

async function expectTwin(loss: (z: Tensor) => Tensor, slow: (z: readonly number[]) => number, logits: Tensor): Promise<void> {
  const { value, grad } = valueAndGrad((z: Tensor) => loss(z))(logits);
  const expected = twin(slow, Array.from(logits.dataSync()));
  expectClose(value.dataSync(), [expected.value], { absolute: 1e-5, relative: 1e-5 });
  expectClose(grad.dataSync(), expected.grad, { absolute: 1e-5 });
  expect(grad.shape).toEqual(logits.shape);
  for (const one of [value, grad, logits]) one.dispose();
}

const logit = fc.integer({ min: -80, max: 80 }).map((tenths) => tenths / 10);

describe("sigmoidCrossEntropy", () => {
  it("is the mean of −ln p of the label, with its gradient", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(logit, fc.constantFrom(0, 1, 0.3)), { minLength: 1, maxLength: 6 }), (rows) =>
        expectNoLeak(async () => {
          const labels = tensor(
            rows.map(([, y]) => y),
            [rows.length, 1],
          );
          const p = (z: number) => 1 / (1 + Math.exp(-z));
          const slow = (z: readonly number[]) =>
            -rows.reduce((sum, [, y], i) => sum + y * Math.log(p(z[i]!)) + (1 - y) * Math.log(p(-z[i]!)), 0) / rows.length;
          await expectTwin(
            (z) => sigmoidCrossEntropy(labels, z),
            slow,
            tensor(
              rows.map(([z]) => z),
              [rows.length, 1],
            ),
          );
          labels.dispose();
        }),
      ),
      { numRuns: 50 },
    );
  });

  it("stays finite at huge logits", () => {
    const [labels, logits] = [tensor([0, 1], [2, 1]), tensor([1e4, -1e4], [2, 1])];
    expect(sigmoidCrossEntropy(labels, logits).dataSync()[0]).toBe(1e4);
  });

  it.each([2, -1, -0.001, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses a label of %d, and leaves no tensor", async (label) => {
    const [labels, logits] = [tensor([0, label], [2, 1]), tensor([0.1, 0.2], [2, 1])];
    const message = `Expected labels in [0, 1], got ${Math.fround(label)} at place 1 of the batch.`;
    await expectNoLeak(async () => {
      expect(() => sigmoidCrossEntropy(labels, logits)).toThrow(new RangeError(message));
      expect(() => valueAndGrad((z: Tensor) => sigmoidCrossEntropy(labels, z))(logits)).toThrow(RangeError);
    });
  });

  it("refuses a label of the first image too", () => {
    expect(() => sigmoidCrossEntropy(tensor([2, 0]), tensor([0, 0]))).toThrow("got 2 at place 0 of the batch");
  });

  it("refuses another number of labels", () => {
    expect(() => sigmoidCrossEntropy(tensor([1]), tensor([1, 2]))).toThrow("Expected 2 labels, one for each logit row, got 1.");
  });
});

describe("softmaxCrossEntropy", () => {
  it.each([[[3, 5]], [[3, 1, 1, 5]]])("on logits %j is the mean of −ln p of the class, with its gradient", async (shape) => {
    await fc.assert(
      fc.asyncProperty(fc.array(logit, { minLength: 15, maxLength: 15 }), fc.array(fc.nat(4), { minLength: 3, maxLength: 3 }), (logits, classes) =>
        expectNoLeak(async () => {
          const labels = tensor(classes, [3], "int32");
          const slow = (z: readonly number[]) =>
            classes.reduce(
              (sum, one, row) => sum + Math.log(z.slice(row * 5, row * 5 + 5).reduce((s, v) => s + Math.exp(v), 0)) - z[row * 5 + one]!,
              0,
            ) / 3;
          await expectTwin((z) => softmaxCrossEntropy(labels as never, z), slow, tensor(logits, shape));
          labels.dispose();
        }),
      ),
      { numRuns: 30 },
    );
  });

  it("stays finite at huge logits", () => {
    const [classes, logits] = [tensor([0, 0], [2], "int32"), tensor([1e4, -1e4, -1e4, 1e4], [2, 2])];
    expect(softmaxCrossEntropy(classes as never, logits).dataSync()[0]).toBe(1e4);
  });

  it("smooths and weighs as PyTorch's cross_entropy does, with its gradient", async () => {
    const share = fc.constantFrom(0, 0.1, 0.5);
    const weights = fc.option(fc.array(fc.constantFrom(0.25, 1, 3), { minLength: 5, maxLength: 5 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(
        fc.array(logit, { minLength: 15, maxLength: 15 }),
        fc.array(fc.nat(4), { minLength: 3, maxLength: 3 }),
        fc.tuple(share, weights),
        (logits, classes, [smoothing, weights]) =>
          expectNoLeak(async () => {
            const labels = tensor(classes, [3], "int32");
            // PyTorch: sum over rows and classes of w q -ln p, by the sum of the rows' own weights; q the smoothed target.
            const slow = (z: readonly number[]) => {
              const w = weights ?? [1, 1, 1, 1, 1];
              const terms = classes.flatMap((one, row) => {
                const own = z.slice(row * 5, row * 5 + 5);
                const all = Math.log(own.reduce((s, v) => s + Math.exp(v), 0));
                return own.map((v, k) => w[k]! * ((k === one ? 1 - smoothing : 0) + smoothing / 5) * (all - v));
              });
              return terms.reduce((a, b) => a + b) / classes.reduce((sum, one) => sum + w[one]!, 0);
            };
            await expectTwin(
              (z) => softmaxCrossEntropy(labels as never, z, { smoothing, ...(weights ? { weights } : {}) }),
              slow,
              tensor(logits, [3, 5]),
            );
            labels.dispose();
          }),
      ),
      { numRuns: 50 },
    );
    // torch.nn.functional.cross_entropy(torch.tensor([[2., 0., -1.]]), torch.tensor([1]), weight=torch.tensor([1., 2., 4.]), label_smoothing=0.3), by hand:
    // -ln p = [0.1698, 2.1698, 3.1698], q = [0.1, 0.8, 0.1]: (0.1 * 0.1698 + 2 * 0.8 * 2.1698 + 4 * 0.1 * 3.1698) / 2.
    const [classes, logits] = [tensor([1], [1], "int32"), tensor([2, 0, -1], [1, 3])];
    const value = softmaxCrossEntropy(classes as never, logits, { smoothing: 0.3, weights: [1, 2, 4] }).dataSync()[0];
    const all = Math.log(Math.exp(2) + 1 + Math.exp(-1));
    expect(value).toBeCloseTo((0.1 * (all - 2) + 1.6 * all + 0.4 * (all + 1)) / 2, 5);
  });

  it.each([
    [{ smoothing: 1 }, "smoothing in [0, 1)"],
    [{ smoothing: -0.1 }, "smoothing in [0, 1)"],
    [{ weights: [1] }, "2 weights >= 0"],
    [{ weights: [1, -1] }, "2 weights >= 0"],
    [{ weights: [1, Number.NaN] }, "2 weights >= 0"],
    [{ weights: [1, Infinity] }, "2 weights >= 0"],
  ])("refuses %j", (options, message) => {
    expect(() => softmaxCrossEntropy(tensor([1], [1], "int32") as never, tensor([0, 0], [1, 2]), options)).toThrow(message);
  });

  it.each([-1, 2, 255])("refuses class %d of 2, and leaves no tensor", async (one) => {
    const [classes, logits] = [tensor([0, one, 1], [3], "int32"), tensor([0, 0, 0, 0, 0, 0], [3, 2])];
    await expectNoLeak(async () => {
      expect(() => softmaxCrossEntropy(classes as never, logits)).toThrow(
        new RangeError(`Expected classes from 0 to 1, got ${one} at place 1 of the batch.`),
      );
      expect(() => valueAndGrad((z: Tensor) => softmaxCrossEntropy(classes as never, z))(logits)).toThrow(RangeError);
    });
  });

  it("refuses another number of classes", () => {
    expect(() => softmaxCrossEntropy(tensor([1], [1], "int32") as never, tensor([0, 0, 0, 0], [2, 2]))).toThrow(
      "Expected 2 classes, one for each logit row, got 1.",
    );
  });
});

describe("on a backend whose values cannot be read without waiting", () => {
  beforeAll(async () => {
    copyRegisteredKernels("cpu", "elsewhere");
    registerBackend("elsewhere", () => Object.assign(new MathBackendCPU(), { firstUse: false }));
    await setBackend("elsewhere");
  });
  afterAll(() => setBackend("cpu"));

  const loss = (labels: number[], kind: "sigmoid" | "softmax") => {
    const logits = tensor([0.5, -1, 2, 0.25], [4 / labels.length === 1 ? 4 : labels.length, 4 / labels.length]);
    const value =
      kind === "sigmoid"
        ? sigmoidCrossEntropy(tensor(labels), logits)
        : softmaxCrossEntropy(tensor(labels, [labels.length], "int32") as never, logits);
    return value.dataSync()[0];
  };

  it("labels out of range make the loss NaN, which trainStep refuses", () => {
    for (const wrong of [-1, 1.1, Number.NaN]) expect(loss([0, 1, wrong, 0.5], "sigmoid")).toBeNaN();
    for (const wrong of [-1, 2]) expect(loss([0, wrong], "softmax")).toBeNaN();
  });

  it("others leave it as it is", async () => {
    const came = [loss([0, 1, 0.3, 0.5], "sigmoid"), loss([0, 1], "softmax")];
    await setBackend("cpu");
    expect(came).toEqual([loss([0, 1, 0.3, 0.5], "sigmoid"), loss([0, 1], "softmax")]);
    await setBackend("elsewhere");
  });
});
