import { minMax, requireKnownKeys } from "@mammo/mammogram";
import { dispose, type NamedTensorMap, tidy, zeros } from "@tensorflow/tfjs-core";
import { type Model, parameterCount, weightsOf } from "../model.ts";
import { type TracedCall, type TracedTensor, traceGraph } from "./traceGraph.ts";

/** One operation of a graph. */
export interface DescribedLayer {
  /** Of the weights that it reads, such as `block1/conv1`; else the operation's own name. */
  readonly name: string;
  readonly operation: string;
  /** Of what it gives; where there are several, of the first. */
  readonly shape: readonly number[];
  /** Learned numbers, counted where they are first read. */
  readonly parameters: number;
  /** Multiplications and additions of convolutions and products, 10⁹. */
  readonly gflop: number;
  /** Side of the square that a number sees of the input, pixels; Infinity for all of it. */
  readonly receptiveField: number;
}

/** A graph as a table. */
export interface GraphDescription {
  readonly layers: readonly DescribedLayer[];
  readonly parameters: number;
  readonly gflop: number;
}

/**
 * The operations of a graph in inference, in order, with shapes, parameters, arithmetic and receptive field. Batch norm is part of its convolution.
 * Convolutions are not computed, so that the full width at 1200x800 takes seconds.
 *
 * @example
 * const { layers, parameters, gflop } = describeGraph(detector, {
 *   inputs: { x: [1, 1200, 800, 1] },
 *   apply: ({ x }) => ({ logits: detector.apply(x as Tensor4D) }),
 * }); // 11.1 M, 115 GFLOP
 */
export function describeGraph(
  model: Model,
  options: { readonly inputs: Readonly<Record<string, readonly number[]>>; readonly apply: (inputs: NamedTensorMap) => NamedTensorMap },
): GraphDescription {
  requireKnownKeys("describeGraph", options, { inputs: true, apply: true });
  const inputs: NamedTensorMap = tidy(() => Object.fromEntries(Object.entries(options.inputs).map(([name, shape]) => [name, zeros([...shape])])));
  try {
    const { calls, constants } = traceGraph({ inputs, weights: weightsOf(model), run: () => options.apply(inputs), dry: true });
    for (const { tensor } of constants.values()) tensor.dispose();
    const seen = new Map<number, Sight>(Object.values(inputs).map(({ id }) => [id, { stride: 1, field: 1 }]));
    const counted = new Set<string>();
    const layers = calls.map((call): DescribedLayer => {
      const names = [...new Set(Object.values(call.inputs).flatMap(({ id }) => constants.get(id)?.from ?? []))];
      const fresh = names.filter((name) => !counted.has(name) && name in model.params);
      for (const name of fresh) counted.add(name);
      const sight = after(call, seen);
      for (const { id } of call.outputs) seen.set(id, sight);
      return {
        name: names[0]?.split("/").slice(0, -1).join("/") || call.kernel,
        operation: call.kernel,
        shape: call.outputs[0]!.shape,
        parameters: fresh.reduce((total, name) => total + model.params[name]!.size, 0),
        gflop: flop(call) / 1e9,
        receptiveField: sight.field,
      };
    });
    return { layers, parameters: parameterCount(model), gflop: layers.reduce((total, { gflop }) => total + gflop, 0) };
  } finally {
    dispose(inputs);
  }
}

/** Pixels from number to number of a map, and how many one sees. */
interface Sight {
  readonly stride: number;
  readonly field: number;
}

const size = ({ shape }: TracedTensor) => shape.reduce((product, side) => product * side, 1);
const largest = (side: unknown) => minMax([side].flat().map(Number))[1];

function after({ kernel, inputs, attributes, outputs }: TracedCall, seen: ReadonlyMap<number, Sight>): Sight {
  const flowing = Object.values(inputs).filter(({ id }) => seen.has(id));
  const [x] = flowing;
  const sights = flowing.map(({ id }) => seen.get(id)!);
  const before = { stride: minMax(sights.map(({ stride }) => stride))[1], field: minMax(sights.map(({ field }) => field))[1] };
  const window = (side: number, step: number) => ({ stride: before.stride * step, field: before.field + (side - 1) * before.stride });
  const stride = largest(attributes["strides"]);
  if (kernel === "Conv2D" || kernel === "FusedConv2D") return window(minMax(inputs["filter"]!.shape.slice(0, 2))[1], stride);
  if (kernel === "MaxPool" || kernel === "AvgPool") return window(largest(attributes["filterSize"]), stride);
  if (kernel === "ResizeNearestNeighbor") return { ...before, stride: before.stride * (x!.shape[1]! / outputs[0]!.shape[1]!) };
  const overPlaces =
    ["Mean", "Max", "Sum"].includes(kernel) && size(outputs[0]!) < size(x!) && x!.shape.length === 4 && outputs[0]!.shape.at(-1) === x!.shape[3];
  return overPlaces || kernel === "BatchMatMul" ? { ...before, field: Infinity } : before;
}

function flop({ kernel, inputs, outputs }: TracedCall): number {
  if (kernel === "BatchMatMul") return 2 * size(outputs[0]!) * inputs["a"]!.shape.at(-1)!;
  const filter = inputs["filter"];
  return filter ? 2 * size(outputs[0]!) * filter.shape.slice(0, 3).reduce((product, side) => product * side, 1) : 0;
}
