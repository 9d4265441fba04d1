import { selectBackend } from "@mammo/backend";
import {
  asymMirai,
  caracNet,
  caracNetSymmetry,
  detectorNet,
  dreamNet,
  dreamNetSymmetry,
  kindClasses,
  type Model,
  type Pair,
  retinaNet,
} from "@mammo/models";
import { detectionTargets } from "@mammo/models/detection";
import { detectionLosses, sigmoidCrossEntropy, softmaxCrossEntropy } from "@mammo/train";
import {
  add,
  dispose,
  type Scalar,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tensor1d,
  tensor2d,
  tensor4d,
  tidy,
  train,
  variableGrads,
} from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { hashStream } from "./hashStream.ts";

beforeAll(() => selectBackend({ prefer: "wasm" }));
const width = 1 / 16;

/** Coarse random patterns of 8x8 fields, each image another: what a net can tell apart at a glance. */
function images(key: string, count: number, side: number): Tensor4D {
  const next = hashStream(key);
  const fields = Array.from({ length: count }, () => Array.from({ length: 64 }, () => next() / 2 ** 32));
  const at = (index: number) => Math.floor((index * 8) / side);
  const pixels = Float32Array.from({ length: count * side * side }, (_, index) => {
    const [image, row, column] = [Math.floor(index / (side * side)), Math.floor(index / side) % side, index % side];
    return fields[image]![at(row) * 8 + at(column)]!;
  });
  return tensor4d(pixels, [count, side, side, 1]);
}

const labels = [0, 1, 1, 0, 1, 0, 0, 1];
const column = (values: readonly number[]) => tensor2d(values.map((one) => [one]));
const pair = (side: number): Pair => ({
  left: images("left", 4, side),
  right: images("right", 4, side),
  present: tensor2d(Array.from({ length: 4 }, () => [1, 1])),
});
const training = { training: true };

interface Case {
  readonly name: string;
  readonly steps: number;
  /** Default 0.01. */
  readonly learningRate?: number;
  readonly build: () => { readonly model: Model; readonly data: readonly Tensor[]; readonly loss: () => Scalar };
}

const cases: readonly Case[] = [
  {
    name: "detectorNet",
    steps: 40,
    build: () => {
      const [model, x, y] = [detectorNet({ width }), images("x", 8, 192), tensor1d([0, 1, 2, 3, 4, 0, 1, 2], "int32")];
      return { model, data: [x, y], loss: () => softmaxCrossEntropy(y, model.apply(x, training)) };
    },
  },
  {
    name: "dreamNet",
    steps: 40,
    build: () => {
      const [model, x, y] = [dreamNet({ width: 1 / 32, headWidth: 1, rows: 448, columns: 448 }), images("x", 8, 448), column(labels)];
      return { model, data: [x, y], loss: () => sigmoidCrossEntropy(y, model.apply(x, training)) };
    },
  },
  {
    name: "retinaNet",
    steps: 200,
    build: () => {
      const [model, x] = [
        retinaNet({ width: 1 / 16, classes: ["mass", "calcification"], blocks: ["block4", "block5", "block6"] }),
        images("x", 8, 128),
      ];
      const boxes = labels.map((label, index) => [{ box: { top: 8 + 8 * index, left: 30, bottom: 40 + 8 * index, right: 70 }, label }]);
      const targets = detectionTargets(model.anchors(128, 128), boxes, { classes: 2 });
      return { model, data: [x, ...Object.values(targets)], loss: () => detectionLosses(model.apply(x, training), targets).total };
    },
  },
  {
    name: "caracNet",
    steps: 50,
    learningRate: 0.03,
    build: () => {
      const [model, fine, context] = [caracNet({ width: 1 / 32 }), images("fine", 8, 192), images("context", 8, 192)];
      const [geometry, y, kinds] = [
        tensor2d(labels.map((_, i) => Array.from({ length: 8 }, (_, j) => ((i * j) % 5) / 5))),
        column(labels),
        tensor1d([0, 1, 2, 3, 0, 1, 2, 3], "int32"),
      ];
      const loss = () => {
        const { malignancy, kind } = model.apply({ fine, context, geometry: geometry as Tensor2D }, training);
        return add<Scalar>(sigmoidCrossEntropy(y, malignancy), softmaxCrossEntropy(kinds, kind));
      };
      expect(model.options.classes).toBe(kindClasses);
      return { model, data: [fine, context, geometry, y, kinds], loss };
    },
  },
  ...[
    { name: "caracNetSymmetry", steps: 40, side: 192, make: () => caracNetSymmetry({ width }) },
    { name: "dreamNetSymmetry", steps: 40, side: 448, make: () => dreamNetSymmetry({ width: 1 / 32, headWidth: 1, rows: 448, columns: 448 }) },
  ].map(
    ({ name, steps, side, make }): Case => ({
      ...{ name, steps },
      build: () => {
        const [model, views, y] = [make(), pair(side), tensor2d(labels, [4, 2])];
        return { model, data: [...Object.values(views), y], loss: () => sigmoidCrossEntropy(y, model.apply(views, training)) };
      },
    }),
  ),
  {
    name: "asymMirai",
    steps: 60,
    learningRate: 0.1,
    build: () => {
      // One answer for both breasts: labels by woman.
      const [model, views, y] = [asymMirai({ width: 1 / 32, windows: 2 }), pair(256), tensor2d([0, 0, 1, 1, 1, 1, 0, 0], [4, 2])];
      return { model, data: [...Object.values(views), y], loss: () => sigmoidCrossEntropy(y, model.apply(views, training)) };
    },
  },
];

describe("eight samples are learned by heart", () => {
  it.each(cases)(
    "$name: the loss goes to a fiftieth",
    ({ steps, learningRate = 0.01, build }) => {
      const { model, data, loss } = build();
      const optimizer = train.adam(learningRate);
      const losses: number[] = [];
      for (let step = 0; step < steps; step++)
        tidy(() => {
          const { value, grads } = variableGrads(loss, Object.values(model.params));
          optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
          losses.push(value.dataSync()[0]!);
        });
      const least = Math.min(...losses.slice(-5));
      expect(least, `from ${losses[0]}, every tenth: ${losses.filter((_, step) => step % 10 === 0).map((one) => one.toFixed(4))}`).toBeLessThan(
        losses[0]! / 50,
      );
      dispose([...data]);
      optimizer.dispose();
      model.dispose();
    },
    180_000,
  );
});
