import type { KernelConfig, KernelFunc, TensorInfo } from "@tensorflow/tfjs-core";
import type { WebgpuBackend, WebgpuProgram } from "./webgpuBackend.ts";

interface Arguments {
  readonly inputs: { readonly images: TensorInfo; readonly dy: TensorInfo };
  readonly backend: WebgpuBackend;
  readonly attrs: { readonly alignCorners: boolean; readonly halfPixelCenters: boolean };
}

const workgroup = 64;

/**
 * Gradient of resizeBilinear, also with half-pixel centers, of which the stock kernel does not know.
 *
 * Output index i reads at the position p(i) = (i + shift) * scale - shift, held within the image. A pixel's weight there is a hat around it, 1 - |p - pixel|,
 * so each pixel gathers the dy whose positions lie less than 1 away; the first and last pixel also what lies beyond them.
 */
export const resizeBilinearGrad: KernelConfig = {
  kernelName: "ResizeBilinearGrad",
  backendName: "webgpu",
  kernelFunc: (({ inputs: { images, dy }, backend, attrs: { alignCorners, halfPixelCenters } }: Arguments) => {
    const scale = (axis: 1 | 2) => {
      const [from, to] = [images.shape[axis]!, dy.shape[axis]!];
      return alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
    };
    return backend.runWebGPUProgram(program(images.shape), [dy], "float32", [
      { type: "float32", data: [scale(1), scale(2)] },
      { type: "float32", data: [halfPixelCenters ? 0.5 : 0] },
    ]);
  }) as unknown as KernelFunc,
};

function program(outputShape: readonly number[]): WebgpuProgram {
  const size = outputShape.reduce((product, side) => product * side, 1);
  return {
    ...{ variableNames: ["dy"], uniforms: "scale : vec2<f32>, shift : f32,", workgroupSize: [workgroup, 1, 1], size: true, outputShape },
    ...{ dispatchLayout: { x: [0, 1, 2, 3] }, dispatch: [Math.ceil(size / workgroup), 1, 1], shaderKey: "mammoResizeBilinearGrad" },
    getUserCode: () => code,
  };
}

const code = `
// Position of output index i on an axis whose last pixel is "last".
fn place(i : i32, scale : f32, last : i32) -> f32 {
  return clamp((f32(i) + uniforms.shift) * scale - uniforms.shift, 0.0, f32(last));
}
// Output indices that may read the pixel: one more on each side than the inverse of place says, against rounding.
fn reading(pixel : i32, scale : f32, last : i32, count : i32) -> vec2<i32> {
  let inverse = (vec2<f32>(f32(pixel - 1), f32(pixel + 1)) + uniforms.shift) / max(scale, 1e-30) - uniforms.shift;
  let start = select(i32(floor(inverse.x)) - 1, 0, pixel == 0 || scale == 0.0);
  let end = select(i32(ceil(inverse.y)) + 2, count, pixel == last || scale == 0.0);
  return clamp(vec2<i32>(start, end), vec2<i32>(0), vec2<i32>(count));
}
fn main(index : i32) {
  if (index < uniforms.size) {
    let at = getCoordsFromIndex(index);
    let last = uniforms.outShape.yz - 1;
    let rows = reading(at.y, uniforms.scale.x, last.x, uniforms.dyShape[1]);
    let columns = reading(at.z, uniforms.scale.y, last.y, uniforms.dyShape[2]);
    var sum = 0.0;
    for (var r = rows.x; r < rows.y; r++) {
      let rowWeight = max(0.0, 1.0 - abs(place(r, uniforms.scale.x, last.x) - f32(at.y)));
      for (var c = columns.x; c < columns.y; c++) {
        let columnWeight = max(0.0, 1.0 - abs(place(c, uniforms.scale.y, last.y) - f32(at.z)));
        sum += getDy(at.x, r, c, at.w) * rowWeight * columnWeight;
      }
    }
    setOutputAtIndex(index, sum);
  }
}`;
