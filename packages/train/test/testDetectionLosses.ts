import { type BackendName, selectBackend } from "@mammo/backend";
import { expectClose, expectNoLeak, golden } from "@mammo/testing";
import { detectionLosses, focalLoss, giouLoss, smoothL1Loss } from "@mammo/train";
import { dispose, expandDims, type Scalar, type Tensor, tensor, tidy, valueAndGrad } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";

interface Graded {
  readonly value: number;
  readonly grad: number[];
}
type Numbers = "logits" | "targets" | "counted" | "matched" | "truths" | "boxes" | "wanted" | "offsets";
type Case = Readonly<Record<Numbers, number[]> & Record<"focal" | "giou" | "smooth", Graded> & Record<"alpha" | "gamma" | "beta", number>>;

/** The losses of detection against torchvision's, values and gradients, on one backend. */
export function testDetectionLosses(backend: BackendName): void {
  const { cases } = golden<{ cases: readonly Case[] }>("detectionLosses", import.meta.url);
  beforeAll(() => selectBackend({ prefer: backend }));

  const expectGraded = async (loss: (z: Tensor) => Scalar, z: Tensor, expected: Graded) => {
    await expectNoLeak(() =>
      tidy(() => {
        const { value, grad } = valueAndGrad((z: Tensor) => loss(z))(z);
        expectClose(value.dataSync(), [expected.value], { absolute: 1e-5, relative: 1e-5 });
        expectClose(grad.dataSync(), expected.grad, { absolute: 1e-5, relative: 1e-4 });
      }),
    );
    z.dispose();
  };
  const rows = (one: Case, name: Numbers, columns?: number) => (columns ? tensor(one[name], [4, columns]) : tensor(one[name]));

  describe(`losses of detection on ${backend}, 100 random cases of torchvision`, () => {
    it("there are 100", () => expect(cases).toHaveLength(100));

    it("focalLoss", async () => {
      for (const one of cases) {
        const [targets, counted] = [rows(one, "targets", 3), rows(one, "counted", 1)];
        const { alpha, gamma } = one;
        await expectGraded((z) => focalLoss(targets, z, { alpha, gamma, counted }), rows(one, "logits", 3), one.focal);
        dispose([targets, counted]);
      }
    });

    it("giouLoss", async () => {
      for (const one of cases) {
        const [truths, matched] = [rows(one, "truths", 4), rows(one, "matched")];
        await expectGraded((z) => giouLoss(truths, z, matched), rows(one, "boxes", 4), one.giou);
        dispose([truths, matched]);
      }
    });

    it("smoothL1Loss", async () => {
      for (const one of cases) {
        const [wanted, matched] = [rows(one, "wanted", 4), rows(one, "matched")];
        await expectGraded((z) => smoothL1Loss(wanted, z, matched, { beta: one.beta }), rows(one, "offsets", 4), one.smooth);
        dispose([wanted, matched]);
      }
    });

    it("detectionLosses is their sum, with the weight of the boxes; focal loss stays finite at huge logits", async () => {
      const [one] = cases;
      await expectNoLeak(() =>
        tidy(() => {
          const [classes, counted, matched, offsets] = [
            rows(one!, "targets", 3),
            rows(one!, "counted"),
            rows(one!, "matched"),
            rows(one!, "wanted", 4),
          ];
          const outputs = { logits: rows(one!, "logits", 3), offsets: rows(one!, "offsets", 4) };
          const losses = detectionLosses(outputs, { classes, counted, matched, offsets }, { boxWeight: 3 });
          const expected = [
            focalLoss(classes, outputs.logits, { counted: expandDims(counted, -1) }),
            smoothL1Loss(offsets, outputs.offsets, matched),
          ];
          const [a, b] = expected.map((loss) => loss.dataSync()[0]!) as [number, number];
          expectClose(
            [losses.classes, losses.boxes, losses.total].map((loss) => loss.dataSync()[0]!),
            [a, b, a + 3 * b],
            { relative: 1e-6 },
          );
          // A miss of 10,000 in the logit costs α · 10,000 for a positive.
          expectClose(focalLoss(tensor([1, 0]), tensor([-1e4, -1e4])).dataSync(), [2500], { relative: 1e-6 });
        }),
      );
    });

    it("without options have the papers' numbers, and are divided by the positives, or by 1", async () => {
      await expectNoLeak(() =>
        tidy(() => {
          // At logit 0 each is missed by ln 2, and as easy as (1 / 2)².
          const value = (targets: number[]) => focalLoss(tensor(targets), tensor([0, 0, 0])).dataSync();
          const [positive, negative] = [0.25, 0.75].map((weight) => weight * 0.25 * Math.LN2) as [number, number];
          expectClose(value([0, 0, 0]), [3 * negative], { relative: 1e-6 });
          expectClose(value([1, 0, 0]), [positive + 2 * negative], { relative: 1e-6 });
          expectClose(value([1, 1, 0]), [(2 * positive + negative) / 2], { relative: 1e-6 });
          // Offsets 0.1 and 0.5 off, below and above 1/9.
          const [zero, off] = [tensor([[0, 0, 0, 0]]), tensor([[0.1, -0.5, 0, 0]])];
          expectClose(smoothL1Loss(zero, off, tensor([1])).dataSync(), [(9 * 0.01) / 2 + 0.5 - 1 / 18], { relative: 1e-5 });
          // Squares of 2 that share a half, and that lie one side apart: GIoU 1/3 and -1/3.
          const [square, half, apart] = [[0, 0, 2, 2], [0, 1, 2, 3], [0, 4, 2, 6]]; // biome-ignore format: one row
          expectClose(giouLoss(tensor([square!]), tensor([half!]), tensor([1])).dataSync(), [2 / 3], { relative: 1e-5 });
          expectClose(giouLoss(tensor([square!, square!]), tensor([half!, apart!]), tensor([1, 1])).dataSync(), [(2 / 3 + 4 / 3) / 2], {
            relative: 1e-5,
          });
          // Two that are the same and as large as what keeps areas above 0: half of it.
          const side = Math.sqrt(1e-7);
          expectClose(giouLoss(tensor([[0, 0, side, side]]), tensor([[0, 0, side, side]]), tensor([1])).dataSync(), [1 / 2], { relative: 1e-4 });
          expectClose(giouLoss(tensor([square!]), tensor([apart!]), tensor([0])).dataSync(), [0], { absolute: 1e-12 });
          const truth = { classes: tensor([1, 0, 0], [1, 3]), counted: tensor([1]), matched: tensor([1]), offsets: zero };
          const losses = detectionLosses({ logits: tensor([0, 0, 0], [1, 3]), offsets: off }, truth);
          const plain = detectionLosses({ logits: tensor([0, 0, 0], [1, 3]), offsets: off }, truth, { alpha: 0.5, gamma: 0 });
          expectClose(plain.classes.dataSync(), [3 * 0.5 * Math.LN2], { relative: 1e-6 }); // as hard as it is missed
          expectClose(losses.total.dataSync(), [losses.classes.dataSync()[0]! + losses.boxes.dataSync()[0]!], { relative: 1e-6 });
        }),
      );
    });

    it("takes both ends of its options' ranges", () => {
      const a = tensor([0, 1]);
      for (const alpha of [0, 1]) dispose(focalLoss(a, a, { alpha }));
      dispose(focalLoss(a, a, { gamma: 0 }));
      for (const alpha of [-0.1, 1.1]) expect(() => focalLoss(a, a, { alpha })).toThrow(RangeError);
      for (const gamma of [-0.1, Number.POSITIVE_INFINITY]) expect(() => focalLoss(a, a, { gamma })).toThrow(RangeError);
      dispose(a);
    });

    it("refuses targets of another shape and options out of range", () => {
      const [a, b] = [tensor([0, 1]), tensor([[0, 1]])];
      expect(() => focalLoss(a, b)).toThrow(new RangeError("Expected targets of the shape [1, 2] of the logits, got [2]."));
      expect(() => focalLoss(a, a, { alpha: 2 })).toThrow(new RangeError("Expected alpha in [0, 1], got 2."));
      expect(() => focalLoss(a, a, { gamma: -1 })).toThrow(new RangeError("Expected gamma of at least 0, got -1."));
      expect(() => smoothL1Loss(b, b, a, { beta: 0 })).toThrow(new RangeError("Expected beta above 0, got 0."));
      dispose([a, b]);
    });
  });
}
