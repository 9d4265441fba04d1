import type { TensorInfo } from "@tensorflow/tfjs-core";

/** An attribute of an operation of TensorFlow's C interface, as tfjs-node's addon takes it. */
export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** What this package uses of tfjs-node's backend. */
export interface TensorflowBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: {
    readonly TF_Version: string;
    readonly TF_ATTR_BOOL: number;
    readonly TF_ATTR_FLOAT: number;
    readonly TF_ATTR_INT: number;
    readonly TF_ATTR_STRING: number;
    readonly TF_ATTR_TYPE: number;
    readonly TF_FLOAT: number;
  };
  executeSingleOutput(name: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[]): TensorInfo;
  executeMultipleOutputs(name: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[], count: number): TensorInfo[];
}

/** What tfjs passes to a kernel of this backend. */
export interface KernelArguments<Names extends string, Attributes> {
  readonly inputs: Readonly<Record<Names, TensorInfo>>;
  readonly attrs: Attributes;
  readonly backend: TensorflowBackend;
}

/** Attributes by their kinds; `float32` names the attributes that are the type of numbers. */
export function attributes(
  { binding }: TensorflowBackend,
  kinds: {
    readonly float32: readonly string[];
    readonly booleans?: Readonly<Record<string, boolean>>;
    readonly floats?: Readonly<Record<string, number>>;
    readonly strings?: Readonly<Record<string, string>>;
  },
): Attribute[] {
  const of = (type: number, values: Readonly<Record<string, unknown>> = {}) => Object.entries(values).map(([name, value]) => ({ name, type, value }));
  return [
    ...kinds.float32.map((name) => ({ name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT })),
    ...of(binding.TF_ATTR_BOOL, kinds.booleans),
    ...of(binding.TF_ATTR_FLOAT, kinds.floats),
    ...of(binding.TF_ATTR_STRING, kinds.strings),
  ];
}
