import { expectClose, expectNoLeak } from "@mammo/testing";
import { grads, type Tensor, type Tensor1D, type Tensor4D, tensor, tidy } from "@tensorflow/tfjs-core";
import { it } from "vitest";
import { batchNormFrozen, globalMean, groupNorm, upsample2x } from "../src/layers.ts";
import { hashStream } from "./hashStream.ts";

/** Flat values of each input, channel fastest. */
type Values = readonly (readonly number[])[];

interface Piece {
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  compute(inputs: readonly Tensor[]): Tensor;
  /** The definition, in float64. */
  slow(inputs: Values): number[];
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
/** Batch, row, column, channel of a flat index. */
const places = ([, rows, columns, channels]: readonly number[], index: number) =>
  [
    Math.floor(index / (rows! * columns! * channels!)),
    Math.floor(index / (columns! * channels!)) % rows!,
    Math.floor(index / channels!) % columns!,
    index % channels!,
  ] as const;
const [mean, variance] = [
  [0.1, -0.2, 0.3],
  [0.5, 1.5, 0.9],
];

function upsampling(name: string, shape: readonly [number, number, number, number]): Piece {
  const [batch, rows, columns, channels] = shape;
  return {
    ...{ name: `upsample2x, ${name}`, shapes: [shape] },
    compute: ([x]) => upsample2x(x as Tensor4D),
    slow: ([x]) =>
      Array.from({ length: 4 * x!.length }, (_, index) => {
        const [b, row, column, c] = places([batch, 2 * rows, 2 * columns, channels], index);
        return x![((b * rows + Math.floor(row / 2)) * columns + Math.floor(column / 2)) * channels + c]!;
      }),
  };
}

function frozen(withRelu: boolean): Piece {
  const options = { epsilon: 1e-3, relu: withRelu };
  return {
    ...{ name: `batchNormFrozen, ReLU ${withRelu}`, shapes: [[2, 3, 5, 3], [3], [3]] },
    compute: ([x, scale, offset]) =>
      tidy(() => batchNormFrozen(x as Tensor4D, { scale, offset, mean: tensor(mean!), variance: tensor(variance!) } as never, options)),
    slow: ([x, scale, offset]) =>
      x!.map((value, index) => {
        const c = index % 3;
        const y = ((value - mean![c]!) / Math.sqrt(variance![c]! + 1e-3)) * scale![c]! + offset![c]!;
        return withRelu ? Math.max(0, y) : y;
      }),
  };
}

function grouping(groups: number): Piece {
  const shape = [2, 3, 5, 6];
  return {
    ...{ name: `groupNorm, 6 channels in ${groups}`, shapes: [shape, [6], [6]] },
    compute: ([x, scale, offset]) => groupNorm(x as Tensor4D, scale as Tensor1D, offset as Tensor1D, { groups, epsilon: 1e-3 }),
    slow([x, scale, offset]) {
      const groupOf = (index: number) => {
        const [b, , , c] = places(shape, index);
        return b * groups + Math.floor(c / (6 / groups));
      };
      const members = Array.from({ length: 2 * groups }, (_, group) => x!.filter((_, index) => groupOf(index) === group));
      const moments = members.map((values) => {
        const center = sum(values) / values.length;
        return [center, sum(values.map((value) => (value - center) ** 2)) / values.length] as const;
      });
      return x!.map((value, index) => {
        const [center, spread] = moments[groupOf(index)]!;
        return ((value - center) / Math.sqrt(spread + 1e-3)) * scale![index % 6]! + offset![index % 6]!;
      });
    },
  };
}

const pieces: readonly Piece[] = [
  upsampling("B 2, H ≠ W", [2, 3, 4, 2]),
  upsampling("odd, one channel", [1, 5, 3, 1]),
  {
    ...{ name: "globalMean", shapes: [[2, 3, 5, 4]] },
    compute: ([x]) => globalMean(x as Tensor4D),
    slow: ([x]) => Array.from({ length: 8 }, (_, cell) => sum(x!.filter((_, index) => Math.floor(index / 60) * 4 + (index % 4) === cell)) / 15),
  },
  frozen(true),
  frozen(false),
  ...[1, 2, 3, 6].map(grouping),
];

/** Values and gradients of each piece against its definition and finite differences, on the backend that runs. */
export function testPieces(): void {
  it.each(pieces)("$name: value and gradients by finite differences, no tensor left", async ({ shapes, compute, slow }) => {
    const next = hashStream("pieces");
    const random = (count: number) => Array.from({ length: count }, () => Math.fround(next() / 2 ** 31 - 1));
    const inputs = shapes.map((shape) => random(shape.reduce((product, side) => product * side, 1)));
    const expected = slow(inputs);
    const weights = random(expected.length);
    const loss = (moved: Values) => sum(slow(moved).map((value, index) => value * weights[index]!));
    await expectNoLeak(() =>
      tidy(() => {
        const tensors = inputs.map((values, index) => tensor([...values], [...shapes[index]!]));
        const value = compute(tensors);
        expectClose(value.dataSync(), expected, { absolute: 1e-5 });
        const came = grads((...xs: Tensor[]) => compute(xs))(tensors, tensor(weights, value.shape));
        for (const [part, grad] of came.entries()) {
          const moved = (at: number, by: number) => loss(inputs.with(part, inputs[part]!.with(at, inputs[part]![at]! + by)));
          const differences = inputs[part]!.map((_, at) => (moved(at, 1e-6) - moved(at, -1e-6)) / 2e-6);
          // float32 against float64; the sums of scale and offset run over thirty values.
          expectClose(grad.dataSync(), differences, { absolute: 2e-5, relative: 1e-4 });
        }
      }),
    );
  });
}
