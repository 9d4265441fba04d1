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
