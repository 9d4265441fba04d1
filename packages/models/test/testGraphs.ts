import { type BackendName, selectBackend } from "@mammo/backend";
import { asymMirai, caracNet, caracNetSymmetry, dreamNetSymmetry, loadWeights, type Mode, type Model, retinaNet } from "@mammo/models";
import { expectNoLeak, golden } from "@mammo/testing";
import { detectionLosses } from "@mammo/train";
import {
  add,
  cast,
  dispose,
  less,
  max,
  mul,
  type NamedTensorMap,
  type Scalar,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tensor2d,
  tidy,
  variableGrads,
} from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { loadReferenceKernels, noise, summary } from "./noise.ts";

type Summary = readonly [norm: number, probe: number];
type Outputs = Readonly<Record<string, { readonly shape: number[]; readonly summary: Summary }>>;
interface Case {
  readonly seed: number;
  readonly loss: number;
  readonly trained: Outputs;
  readonly gradients: Readonly<Record<string, Summary>>;
  readonly outputs: Outputs;
}

/** A graph of reference/graphs.py, its inputs and its loss. */
interface Graph {
  readonly name: string;
  readonly build: (width: number) => Model & { readonly run: (mode: Mode) => NamedTensorMap };
  readonly loss: (outputs: NamedTensorMap) => Scalar;
}

const pair = (rows: number, columns: number) => ({
  left: noise<Tensor4D>("left", [2, rows, columns, 1]),
  right: noise<Tensor4D>("right", [2, rows, columns, 1]),
  present: tensor2d([
    [1, 1],
    [0, 1],
  ]),
});

/** Each logit by a hashed number. */
const weighed = (outputs: NamedTensorMap): Scalar =>
  tidy(() =>
    ["logits", "malignancy", "kind"]
      .filter((name) => name in outputs)
      .map((name) => sum<Scalar>(mul(outputs[name]!, noise(`target/${name}`, outputs[name]!.shape))))
      .reduce((a, b) => add(a, b)),
  );

function detectionLoss({ logits, offsets }: NamedTensorMap): Scalar {
  return tidy(() => {
    const [batch, anchors] = logits!.shape as [number, number];
    const classes = cast(less(noise("classes", logits!.shape), 0.01), "float32");
    const truth = {
      classes,
      counted: cast(less(noise("counted", [batch, anchors]), 0.9), "float32"),
      matched: max(classes, 2),
      offsets: sub(noise("offsets", offsets!.shape), 0.5),
    };
    return detectionLosses({ logits: logits!, offsets: offsets! }, truth).total;
  });
}

const graphs: readonly Graph[] = [
  {
    name: "retinaNet",
    build: (width) => {
      const model = retinaNet({ width });
      return { ...model, run: (mode) => ({ ...model.apply(noise<Tensor4D>("pixels", [2, 152, 136, 1]), mode) }) };
    },
    loss: detectionLoss,
  },
  {
    name: "caracNet",
    build: (width) => {
      const model = caracNet({ width });
      const crops = () => ({
        fine: noise<Tensor4D>("fine", [2, 256, 256, 1]),
        context: noise<Tensor4D>("context", [2, 256, 256, 1]),
        geometry: noise<Tensor2D>("geometry", [2, 8]),
      });
      return { ...model, run: (mode) => ({ ...model.apply(crops(), mode) }) };
    },
    loss: weighed,
  },
  {
    name: "caracNetSymmetry",
    build: (width) => {
      const model = caracNetSymmetry({ width });
      return { ...model, run: (mode) => ({ logits: model.apply(pair(256, 256), mode) }) };
    },
    loss: weighed,
  },
  {
    name: "dreamNetSymmetry",
    build: (width) => {
      const model = dreamNetSymmetry({ width, headWidth: 1, rows: 448, columns: 448 });
      return { ...model, run: (mode) => ({ ...model.applyWithHeatmaps(pair(448, 448), mode) }) };
    },
    loss: weighed,
  },
  {
    name: "asymMirai",
    build: (width) => {
      const model = asymMirai({ width, windows: 2 });
      return { ...model, run: (mode) => ({ ...model.applyWithDifferences(pair(320, 448), mode) }) };
    },
    loss: weighed,
  },
];

/** The graphs against reference/graphs.py on one backend: outputs in training, gradients of a loss for every parameter, outputs in inference. */
export function testGraphs(backend: BackendName, { forward, gradients } = { forward: 1e-4, gradients: 1e-3 }): void {
  const goldens = golden<Readonly<Record<string, Case>> & { readonly width: number }>("graphs", import.meta.url);
  beforeAll(() => selectBackend({ prefer: backend }));

  describe(`the graphs against PyTorch, on ${backend}`, () => {
    it.each(graphs)(
      "$name: outputs, gradients, and outputs in inference, no tensor left",
      async ({ name, build, loss }) => {
        const { seed, ...expected } = goldens[name]!;
        await expectNoLeak(() => {
          const model = build(goldens.width);
          loadReferenceKernels(model, seed);
          loadNothing(model);
          tidy(() => {
            const { value, grads } = variableGrads(() => {
              const outputs = model.run({ training: true });
              expectOutputs(outputs, expected.trained, forward);
              return loss(outputs);
            }, Object.values(model.params));
            expect(Math.abs(value.dataSync()[0]! / expected.loss - 1)).toBeLessThan(1e-3);
            const names = Object.keys(model.params);
            expect(names.sort()).toEqual(Object.keys(expected.gradients).sort());
            for (const [param, [norm, probe]] of Object.entries(expected.gradients)) {
              const came = summary(grads[model.params[param]!.name]!, param);
              // Some gradients are 0 but for rounding: the next layer's norm takes away what a bias does.
              const absolute = gradients * norm + 1e-3;
              expect(Math.abs(came[0] - norm), `norm of ${param}: ${came[0]} for ${norm}`).toBeLessThanOrEqual(absolute);
              expect(Math.abs(came[1] - probe), `probe of ${param}: ${came[1]} for ${probe}`).toBeLessThanOrEqual(absolute);
            }
            expectOutputs(model.run({}), expected.outputs, forward);
          });
          model.dispose();
        });
      },
      180_000,
    );
  });
}

/** What stands in for a missing side, as in the reference: hashed numbers instead of zeros. */
function loadNothing(model: Model): void {
  const names = Object.keys(model.params).filter((name) => name.endsWith("/nothing"));
  const values = Object.fromEntries(names.map((name) => [name, tidy(() => sub(noise(name, model.params[name]!.shape), 0.5)) as Tensor]));
  loadWeights(model, values, { partial: true });
  dispose(values);
}

/** To `relative` of a map's norm: its values are as large as that, but for a factor of its size, so each is right to about 1e-4. */
function expectOutputs(outputs: NamedTensorMap, expected: Outputs, relative: number): void {
  expect(Object.keys(outputs).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, { shape, summary: wanted }] of Object.entries(expected)) {
    expect(outputs[name]!.shape, name).toEqual(shape);
    const came = summary(outputs[name]!, `out/${name}`);
    for (const part of [0, 1] as const)
      expect(Math.abs(came[part] - wanted[part]), `${name}: ${came} for ${wanted}`).toBeLessThanOrEqual(relative * Math.max(1, wanted[0]));
  }
}
