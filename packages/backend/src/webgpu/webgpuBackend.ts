import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";

/** A WGSL program in the form that tfjs's backend completes and runs: it declares `uniforms`, `getDy(…)` for the input `dy`, and `setOutputAtIndex`. */
export interface WebgpuProgram {
  readonly variableNames: readonly string[];
  /** Fields of the struct `uniforms`, in the order of the values given to `runWebGPUProgram`. */
  readonly uniforms: string;
  readonly workgroupSize: readonly [number, number, number];
  /** Gives the uniform `size`, the number of output elements. */
  readonly size: true;
  readonly outputShape: readonly number[];
  readonly dispatchLayout: { readonly x: readonly number[] };
  readonly dispatch: readonly [number, number, number];
  /** Compiled once for each key. */
  readonly shaderKey: string;
  getUserCode(): string;
}

export interface Uniform {
  readonly type: "int32" | "float32";
  readonly data: readonly number[];
}

/** As much of tfjs's WebGPU backend as our kernels use. */
export interface WebgpuBackend extends KernelBackend {
  runWebGPUProgram(program: WebgpuProgram, inputs: readonly TensorInfo[], dtype: "float32", uniforms: readonly Uniform[]): TensorInfo;
  makeTensorInfo(shape: readonly number[], dtype: "float32", values: Float32Array): TensorInfo;
  read(dataId: object): Promise<Float32Array>;
}
