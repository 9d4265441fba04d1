import { avgPool, map, maxPool, resizeBilinear, resizeNearest } from "@mammo/testing/reference";
import * as tf from "@tensorflow/tfjs-core";
import type { StockName } from "./startStock.ts";
import { thrownError } from "./thrownError.ts";
import { wrongGradient } from "./wrongGradient.ts";

/** An upstream defect: a program that stock TensorFlow.js 4.22 gets wrong, and how to see it. */
export interface Defect {
  readonly title: string;
  readonly backends: readonly StockName[];
  /** What is wrong now; undefined when upstream is right. */
  find(): Promise<string | undefined>;
}

/** The rows of docs/tfjs-defects.md. */
export const defects: readonly Defect[] = [
  {
    title: "MaxPoolGrad drops windows without a positive value",
    backends: ["wasm"],
    find: () =>
      wrongGradient(
        [1, 4, 6, 2],
        (x) => tf.maxPool(tf.sub<tf.Tensor4D>(x, 2), 2, 2, "valid"),
        (x) =>
          maxPool(
            map(x, (value) => value - 2),
            { size: [2, 2], stride: [2, 2], pad: "valid" },
          ),
      ),
  },
  {
    title: "Conv2DBackpropFilter is missing",
    backends: ["wasm"],
    find: () =>
      thrownError(() => tf.grad((f) => tf.sum(tf.conv2d(tf.ones([1, 4, 4, 2]) as tf.Tensor4D, f as tf.Tensor4D, 1, "same")))(tf.ones([3, 3, 2, 3]))),
  },
  {
    title: "UnsortedSegmentSum, the gradient of gather, is missing",
    backends: ["wasm"],
    find: () => thrownError(() => tf.grad((x) => tf.sum(tf.gather(x, tf.tensor1d([1, 0, 1], "int32"))))(tf.ones([3, 2]))),
  },
  {
    title: "oneHot to float32 is all but zero",
    backends: ["wasm"],
    async find() {
      const values = await tf.tidy(() => tf.oneHot(tf.tensor1d([1, 0], "int32"), 2, 1, 0, "float32")).data();
      return [0, 1, 1, 0].every((wanted, i) => values[i] === wanted) ? undefined : `gives ${[...values].join(", ")} for 0, 1, 1, 0`;
    },
  },
  {
    title: "Identity (clone) copies the values",
    backends: ["wasm"],
    async find() {
      const backend = tf.backend() as unknown as { getMemoryOffset(dataId: object): number };
      const x = tf.ones([4]);
      const [a, b] = [x, tf.clone(x)].map((tensor) => backend.getMemoryOffset(tensor.dataId));
      const [c, d] = tf
        .tidy(() => [x, tf.engine().runKernel("Identity", { x }) as tf.Tensor])
        .map((tensor) => backend.getMemoryOffset(tensor.dataId));
      return a === b && c === d ? undefined : "the copy lies at another address";
    },
  },
  {
    title: "ResizeNearestNeighborGrad is wrong beyond the first image",
    backends: ["cpu"],
    find: () =>
      wrongGradient(
        [2, 3, 5, 2],
        (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [6, 10]),
        (x) => resizeNearest(x, [6, 10]),
      ),
  },
  {
    title: "ResizeBilinearGrad swaps rows and columns",
    backends: ["cpu"],
    find: () =>
      wrongGradient(
        [1, 3, 5, 1],
        (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [7, 8]),
        (x) => resizeBilinear(x, [7, 8], false),
      ),
  },
  {
    title: "ResizeBilinearGrad ignores halfPixelCenters",
    backends: ["cpu", "wasm", "webgpu"],
    find: () =>
      wrongGradient(
        [1, 4, 4, 1],
        (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [8, 8], false, true),
        (x) => resizeBilinear(x, [8, 8], true),
      ),
  },
  {
    title: "AvgPoolGrad shares among cells outside the image",
    backends: ["cpu", "wasm", "webgpu"],
    find: () =>
      wrongGradient(
        [1, 5, 7, 1],
        (x) => tf.avgPool(x as tf.Tensor4D, 2, 2, "same"),
        (x) => avgPool(x, { size: [2, 2], stride: [2, 2], pad: "same" }),
      ),
  },
  {
    title: "AddN of more tensors than a shader may bind is zero",
    backends: ["webgpu"],
    async find() {
      const { device } = tf.backend() as unknown as { device: { limits: { maxStorageBuffersPerShaderStage: number } } };
      const count = device.limits.maxStorageBuffersPerShaderStage;
      // Large enough that tfjs does not hand the work to the processor.
      const values = await tf.tidy(() => tf.slice(tf.addN(Array.from({ length: count }, () => tf.ones([2000]))), [0], [1])).data();
      return values[0] === count ? undefined : `gives ${values[0]} for the sum of ${count} ones, and no error`;
    },
  },
  {
    title: "What the GPU refuses comes back as zeros",
    backends: ["webgpu"],
    async find() {
      // One element more than a binding may hold on this device.
      const { device } = tf.backend() as unknown as { device: { limits: { maxStorageBufferBindingSize: number } } };
      const values = await tf.tidy(() => tf.slice(tf.add(tf.ones([device.limits.maxStorageBufferBindingSize / 4 + 1]), 1), [0], [2])).data();
      return values.every((value) => value === 2) ? undefined : `gives ${[...values].join(", ")} for 2, 2, and no error`;
    },
  },
  {
    title: "A gradient that throws keeps its saved tensors",
    backends: ["cpu", "wasm"],
    async find() {
      const x = tf.ones([4]);
      const before = tf.memory().numTensors;
      const fail = () => {
        throw new Error("no gradient");
      };
      const thrower = tf.customGrad((x) => ({ value: tf.mul(x as tf.Tensor, 2), gradFunc: fail }));
      await thrownError(() => tf.grad((x) => tf.sum(thrower(tf.square(x))))(x));
      const left = tf.memory().numTensors - before;
      return left === 0 ? undefined : `${left} tensors are left`;
    },
  },
  {
    title: "A filter larger than the image is not refused",
    backends: ["cpu"],
    async find() {
      const y = tf.tidy(() => tf.conv2d(tf.ones([1, 5, 6, 2]) as tf.Tensor4D, tf.ones([5, 6, 2, 3]) as tf.Tensor4D, 1, "valid", "NHWC", 2).shape);
      return y.every((side) => side >= 0) ? undefined : `gives a tensor of shape ${y.join(", ")}`;
    },
  },
  {
    title: "avgPool of the padding alone is another pixel",
    backends: ["wasm"],
    async find() {
      const values = await tf.tidy(() => tf.avgPool(tf.ones([1, 2, 2, 1]) as tf.Tensor4D, 1, 1, 1, "floor")).data();
      return Number.isNaN(values[0]) ? undefined : `gives ${values[0]} for the mean of no cells`;
    },
  },
  {
    title: "The gradient of a pool is not told of rounding",
    backends: ["cpu", "wasm"],
    async find() {
      const x = tf.tensor([3, 1, 2], [1, 1, 3, 1]) as tf.Tensor4D;
      const pairs = [
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 0],
      ];
      const pool = (x: tf.Tensor) => tf.sum(tf.maxPool(x as tf.Tensor4D, [1, 2], 2, pairs as never, "ceil"));
      const values = await tf.tidy(() => tf.grad(pool)(x)).data();
      return [1, 0, 1].every((wanted, i) => values[i] === wanted) ? undefined : `gives ${[...values].join(", ")} for 1, 0, 1`;
    },
  },
  {
    title: "rotateWithOffset drops the fraction of its fill value",
    backends: ["wasm"],
    async find() {
      const corner = await tf.tidy(() => tf.slice(tf.image.rotateWithOffset(tf.ones([1, 8, 8, 1]), 0.3, 0.5), [0, 0, 0, 0], [1, 1, 1, 1])).data();
      return corner[0] === 0.5 ? undefined : `gives ${corner[0]} for 0.5`;
    },
  },
  {
    title: "Five operations have no gradient",
    backends: ["cpu", "wasm", "webgpu"],
    async find() {
      const [x, square] = [tf.ones([1, 4, 4, 4]) as tf.Tensor4D, tf.ones([4, 4]) as tf.Tensor2D];
      const filter = tf.ones([3, 3, 4, 1]) as tf.Tensor4D;
      const operations: Readonly<Record<string, () => tf.Tensor>> = {
        "dilated conv2d": () => tf.grad((x) => tf.conv2d(x as tf.Tensor4D, filter, 1, "same", "NHWC", 2))(x),
        StridedSlice: () => tf.grad((x) => tf.stridedSlice(x, [0, 0], [4, 4], [2, 2]))(square),
        GatherND: () => tf.grad((x) => tf.gatherND(x, tf.tensor2d([[1, 2]], [1, 2], "int32")))(square),
        Einsum: () => tf.grad((x) => tf.einsum("ij,jk->ik", x, square))(square),
        DepthToSpace: () => tf.grad((x) => tf.depthToSpace(x as tf.Tensor4D, 2, "NHWC"))(x),
      };
      const without: string[] = [];
      for (const [name, compute] of Object.entries(operations)) if (await thrownError(compute)) without.push(name);
      tf.dispose([x, square, filter]);
      // One of them right is news already.
      return without.length < 5 ? undefined : `no gradient of ${without.join(", ")}`;
    },
  },
];
