import { backend_util, engine, keep, type NamedTensorMap, type Tensor, tidy, zeros } from "@tensorflow/tfjs-core";

/** A tensor that flows through a graph: an input, a constant of it, or what a call gives. */
export interface TracedTensor {
  readonly id: number;
  readonly shape: readonly number[];
}

/** One operation that the backend was asked for. */
export interface TracedCall {
  /** TensorFlow.js's name of it, such as `FusedConv2D`. */
  readonly kernel: string;
  readonly inputs: Readonly<Record<string, TracedTensor>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly outputs: readonly TracedTensor[];
}

/** What a graph did with its inputs, in order. What depends on weights alone is no call but a constant: batch norm's folding, for instance. */
export interface Trace {
  readonly calls: readonly TracedCall[];
  readonly outputs: Readonly<Record<string, TracedTensor>>;
  /** Weights and numbers that calls read, by id; the caller disposes them. Names of weights that went into one stand beside it. */
  readonly constants: ReadonlyMap<number, { readonly tensor: Tensor; readonly from: readonly string[] }>;
}

/** What is traced. */
export interface TraceOptions {
  readonly inputs: NamedTensorMap;
  readonly weights: NamedTensorMap;
  readonly run: () => NamedTensorMap;
  /** Convolutions and pools give zeros of the right shape: for shapes and counts, not for numbers of outputs. Default false. */
  readonly dry?: boolean;
}

/**
 * Runs a graph once and records the operations that depend on its inputs.
 *
 * TensorFlow.js has no such record of its own: the engine's door to the backend, `runKernel`, is replaced while the graph runs, which it does in one go.
 */
export function traceGraph({ inputs, weights, run, dry = false }: TraceOptions): Trace {
  const calls: TracedCall[] = [];
  const constants = new Map<number, { readonly tensor: Tensor; readonly from: readonly string[] }>();
  const flowing = new Set(Object.values(inputs).map(({ id }) => id));
  const origins = new Map<number, readonly string[]>(Object.entries(weights).map(([name, { id }]) => [id, [name]]));
  const running = engine();
  const original = running.runKernel;
  let inside = false;

  const record = (kernel: string, read: Readonly<Record<string, Tensor>>, attributes: object, given: readonly Tensor[]) => {
    if (!Object.values(read).some(({ id }) => flowing.has(id))) {
      const from = [...new Set(Object.values(read).flatMap(({ id }) => origins.get(id) ?? []))];
      for (const { id } of given) origins.set(id, from);
      return;
    }
    for (const tensor of Object.values(read))
      if (!flowing.has(tensor.id) && !constants.has(tensor.id))
        constants.set(tensor.id, { tensor: keep(tensor.clone()), from: origins.get(tensor.id) ?? [] });
    for (const { id } of given) flowing.add(id);
    const plain = ({ id, shape }: Tensor): TracedTensor => ({ id, shape: [...shape] });
    calls.push({
      kernel,
      inputs: Object.fromEntries(Object.entries(read).map(([name, tensor]) => [name, plain(tensor)])),
      attributes: { ...attributes },
      outputs: given.map(plain),
    });
  };
  const traced = (kernel: string, given: NamedTensorMap, attributes?: object): Tensor | Tensor[] => {
    const call = () => original.call(running, kernel, given, attributes as never) as Tensor | Tensor[];
    if (inside) return call();
    inside = true;
    try {
      const read = Object.fromEntries(Object.entries(given).filter(([, tensor]) => tensor !== undefined && tensor !== null));
      const isFlowing = Object.values(read).some(({ id }) => flowing.has(id));
      const made = (dry && isFlowing ? zerosOf(kernel, read, attributes) : undefined) ?? call();
      record(kernel, read, attributes ?? {}, [made].flat());
      return made;
    } finally {
      inside = false;
    }
  };

  let outputs: Record<string, TracedTensor> = {};
  tidy(() => {
    running.runKernel = traced as typeof original;
    try {
      outputs = Object.fromEntries(Object.entries(run()).map(([name, { id, shape }]) => [name, { id, shape: [...shape] }]));
    } catch (error) {
      for (const { tensor } of constants.values()) tensor.dispose();
      throw error;
    } finally {
      running.runKernel = original;
    }
  });
  return { calls, constants, outputs };
}

type Side = number | [number, number];

/** Zeros of a convolution's or pool's shape; undefined for other operations. */
function zerosOf(kernel: string, { x, filter }: Readonly<Record<string, Tensor>>, attributes: object | undefined): Tensor | undefined {
  const { strides, pad, filterSize } = (attributes ?? {}) as { strides: Side; pad: "same" | "valid"; filterSize: Side };
  const shape = x?.shape as [number, number, number, number];
  if (kernel === "MaxPool" || kernel === "AvgPool") return zeros(backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad).outShape);
  if (kernel !== "Conv2D" && kernel !== "FusedConv2D") return undefined;
  return zeros(backend_util.computeConv2DInfo(shape, filter!.shape as [number, number, number, number], strides, 1, pad).outShape);
}
