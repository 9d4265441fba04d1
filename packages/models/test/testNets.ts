import { type BackendName, selectBackend } from "@mammo/backend";
import { type DreamNetOptions, detectorNet, dreamNet } from "@mammo/models";
import { expectClose, golden } from "@mammo/testing";
import { mul, type NamedTensorMap, type Scalar, sub, sum, type Tensor4D, tidy, variableGrads } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { loadReferenceKernels, noise, summary } from "./noise.ts";

interface Golden {
  readonly detector: Case & { readonly width: number; readonly size: [number, number]; readonly buffers: Summaries };
  readonly heads: readonly (Case & { readonly activation: DreamNetOptions["heatmap"] })[];
  readonly dream: {
    readonly width: number;
    readonly size: [number, number];
    readonly seed: number;
    readonly heatmap: number[];
    readonly logit: number;
  };
}
interface Case {
  readonly seed: number;
  readonly trainedLogits: number[];
  readonly gradients: Summaries;
  readonly logits: number[];
}
type Summaries = Readonly<Record<string, [norm: number, probe: number]>>;

/**
 * The nets against reference/nets.py on one backend: logits, gradients of every parameter, running statistics.
 * `forward` and `gradients` (of a parameter, relative to its norm) are for float32 through fifteen normalized layers against float64.
 */
export function testNets(backend: BackendName, { forward, gradients } = { forward: { absolute: 2e-4 }, gradients: (_: string) => 1e-4 }): void {
  const { detector, heads, dream } = golden<Golden>("nets", import.meta.url);
  beforeAll(() => selectBackend({ prefer: backend }));

  describe(`the nets against PyTorch, on ${backend}`, () => {
    it("DetectorNet: training logits, gradients, running statistics, then inference logits", () => {
      const { width, size, seed } = detector;
      const model = detectorNet({ width });
      loadReferenceKernels(model, seed);
      const x = noise<Tensor4D>("pixels", [2, ...size, 1]);
      let trained: number[] = [];
      const { grads } = variableGrads(() => {
        const logits = model.apply(x, { training: true });
        trained = Array.from(logits.dataSync());
        return sum<Scalar>(mul(logits, noise("target", logits.shape)));
      }, Object.values(model.params));
      expectClose(trained, detector.trainedLogits, forward);
      const named = Object.fromEntries(Object.entries(model.params).map(([name, param]) => [name, grads[param.name]!]));
      expectSummaries(named, detector.gradients, gradients);
      expectSummaries(model.buffers, detector.buffers, () => 1e-4);
      expectClose(model.apply(x).dataSync(), detector.logits, forward);
      model.dispose();
    });

    it.each(heads)("DreamNet's head on a $activation heatmap: training logits, gradients, then inference logits", (head) => {
      const model = dreamNet({ width: 1 / 32, headWidth: 1, heatmap: head.activation });
      loadReferenceKernels(model, head.seed);
      const cells = tidy(() => sub<Tensor4D>(mul(noise<Tensor4D>(`cells/${head.activation}`, [4, 16, 10, 5]), 4), 2));
      let trained: number[] = [];
      const names = Object.keys(model.params).filter((name) => name.startsWith("head/"));
      const { grads } = variableGrads(
        () => {
          const logits = model.classify(cells, { training: true });
          trained = Array.from(logits.dataSync());
          return sum<Scalar>(mul(logits, noise("target", logits.shape)));
        },
        names.map((name) => model.params[name]!),
      );
      expectClose(trained, head.trainedLogits, forward);
      expectSummaries(Object.fromEntries(names.map((name) => [name, grads[model.params[name]!.name]!])), head.gradients, gradients);
      expectClose(model.classify(cells).dataSync(), head.logits, forward);
      model.dispose();
    });

    it("DreamNet whole: heatmap and logit of a view that pools to 2x1", () => {
      const { width, size, seed } = dream;
      const model = dreamNet({ width, rows: size[0], columns: size[1] });
      loadReferenceKernels(model, seed);
      const { logit, heatmap } = model.applyWithHeatmap(noise<Tensor4D>("pixels", [1, ...size, 1]));
      expectClose(heatmap.dataSync(), dream.heatmap, forward);
      expectClose(logit.dataSync(), [dream.logit], forward);
      model.dispose();
    });
  });
}

/** `relative` is of the tensor's norm, for its inner product may happen to be near 0. */
function expectSummaries(tensors: NamedTensorMap, expected: Summaries, relative: (name: string) => number): void {
  expect(Object.keys(tensors).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, [norm, probe]] of Object.entries(expected)) {
    const came = summary(tensors[name]!, name);
    // Some gradients are 0 but for rounding: the next layer's norm takes away what a scale does.
    const absolute = relative(name) * norm + 5e-4;
    expect(Math.abs(came[0] - norm), `norm of ${name}: ${came[0]} for ${norm}`).toBeLessThanOrEqual(absolute);
    expect(Math.abs(came[1] - probe), `probe of ${name}: ${came[1]} for ${probe}`).toBeLessThanOrEqual(absolute);
  }
}
