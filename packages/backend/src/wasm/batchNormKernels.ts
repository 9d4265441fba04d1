import type { KernelConfig, KernelFunc, TensorInfo } from "@tensorflow/tfjs-core";
import type { KernelPool } from "./kernelPool.ts";
import type { KernelArguments } from "./stockKernel.ts";

interface Attributes {
  readonly epsilon: number;
  readonly relu: boolean;
}

/** 64 KiB of each tensor a task: read twice, the second time from cache. */
const TASK_VALUES = 16_384;

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

function fields(shape: readonly number[], { epsilon, relu }: Attributes) {
  const channels = shape.at(-1) ?? 1;
  const size = shape.reduce((product, side) => product * side, 1);
  const lanes = (channels * 16) / greatestDivisor(channels, 16);
  const rows = Math.floor(size / lanes);
  const rowsPerTask = Math.max(1, Math.floor(TASK_VALUES / lanes));
  const tasks = Math.ceil(rows / rowsPerTask);
  return { lanes, channels, rows, rowsPerTask, tasks, tail: size - rows * lanes, epsilon, relu: relu ? 1 : 0 };
}

/** Bytes for the tasks' sums and four lane arrays, and where they begin. */
const workBytes = ({ tasks, lanes }: ReturnType<typeof fields>) => (tasks * 2 + 4) * lanes * 4;
function places(start: number, { tasks, lanes }: ReturnType<typeof fields>) {
  const lane = (index: number) => start + (tasks * 2 + index) * lanes * 4;
  return { sums: start, laneA: lane(0), laneB: lane(1), laneC: lane(2), laneD: lane(3) };
}

/**
 * MammoBatchNormTrain: {x, scale, offset} -> [y, mean, variance (biased)], y through ReLU if asked.
 * MammoBatchNormTrainGrad: {dy, x, y, scale, mean, variance} -> [dx, dscale, doffset]; with ReLU dy counts only where y > 0.
 */
export function batchNormKernels(pool: KernelPool): KernelConfig[] {
  const { heap } = pool;

  function train({ inputs: { x, scale, offset }, attrs }: KernelArguments<"x" | "scale" | "offset", Attributes>): TensorInfo[] {
    const job = fields(x.shape, attrs);
    const y = heap.output(x.shape);
    const mean = heap.output([job.channels]);
    const variance = heap.output([job.channels]);
    heap.scratch(workBytes(job), (start) => {
      const all = {
        ...job,
        ...places(start, job),
        ...{ x: heap.address(x), y: heap.address(y), scale: heap.address(scale), offset: heap.address(offset) },
        ...{ mean: heap.address(mean), variance: heap.address(variance) },
      };
      pool.run("batchNormStats", job.tasks, all);
      pool.finish("finishBatchNorm");
      pool.run("batchNormApply", job.tasks + 1, all);
    });
    return [y, mean, variance];
  }

  function grad({ inputs, attrs }: KernelArguments<"dy" | "x" | "y" | "scale" | "mean" | "variance", Attributes>): TensorInfo[] {
    const job = fields(inputs.x.shape, attrs);
    const dx = heap.output(inputs.x.shape);
    const dscale = heap.output([job.channels]);
    const doffset = heap.output([job.channels]);
    heap.scratch(workBytes(job), (start) => {
      const all = {
        ...job,
        ...places(start, job),
        ...{
          x: heap.address(inputs.x),
          y: heap.address(inputs.y),
          dy: heap.address(inputs.dy),
          dx: heap.address(dx),
          scale: heap.address(inputs.scale),
        },
        ...{ mean: heap.address(inputs.mean), variance: heap.address(inputs.variance), dscale: heap.address(dscale), doffset: heap.address(doffset) },
      };
      pool.write("batchNormGradSums", all);
      pool.finish("beginBatchNormGrad");
      pool.run("batchNormGradSums", job.tasks, all);
      pool.finish("finishBatchNormGrad");
      pool.run("batchNormGrad", job.tasks + 1, all);
    });
    return [dx, dscale, doffset];
  }

  return [
    { kernelName: "MammoBatchNormTrain", backendName: "wasm", kernelFunc: train as unknown as KernelFunc },
    { kernelName: "MammoBatchNormTrainGrad", backendName: "wasm", kernelFunc: grad as unknown as KernelFunc },
  ];
}
