import {
  asymMirai,
  caracNet,
  caracNetSymmetry,
  detectorNet,
  dreamNet,
  dreamNetSymmetry,
  loadWeights,
  type Model,
  type Pair,
  retinaNet,
} from "@mammo/models";
import { add, mul, type NamedTensorMap, type Tensor, type Tensor2D, type Tensor4D, tensor, tidy } from "@tensorflow/tfjs-core";
import { noise } from "./noise.ts";

const width = 1 / 32;

/** A graph of each kind, tiny, and what goes into it. */
export interface Exported {
  readonly name: string;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly build: () => Model & { readonly run: (inputs: NamedTensorMap) => NamedTensorMap };
}

const pairOf = (rows: number, columns: number) => ({ left: [2, rows, columns, 1], right: [2, rows, columns, 1], present: [2, 2] });
const image = ({ x }: NamedTensorMap) => x as Tensor4D;

/** Every graph, DreamNet with each of its heatmaps. */
export const exportedGraphs: readonly Exported[] = [
  {
    name: "detectorNet",
    inputs: { x: [2, 224, 256, 1] },
    build: () => {
      const model = detectorNet({ width });
      return { ...model, run: (inputs) => ({ logits: model.apply(image(inputs)) }) };
    },
  },
  ...(["relu", "softmax", "linear"] as const).map(
    (heatmap): Exported => ({
      name: `dreamNet, ${heatmap}`,
      inputs: { x: [2, 704, 448, 1] },
      build: () => {
        const model = dreamNet({ width, rows: 704, columns: 448, heatmap });
        return { ...model, run: (inputs) => ({ ...model.applyWithHeatmap(image(inputs)) }) };
      },
    }),
  ),
  {
    name: "retinaNet",
    inputs: { x: [2, 152, 136, 1] },
    build: () => {
      const model = retinaNet({ width });
      return { ...model, run: (inputs) => ({ ...model.apply(image(inputs)) }) };
    },
  },
  {
    name: "caracNet",
    inputs: { fine: [2, 224, 224, 1], context: [2, 224, 224, 1], geometry: [2, 8] },
    build: () => {
      const model = caracNet({ width });
      return {
        ...model,
        run: ({ fine, context, geometry }) => ({
          ...model.apply({ fine: fine as Tensor4D, context: context as Tensor4D, geometry: geometry as Tensor2D }),
        }),
      };
    },
  },
  {
    name: "caracNetSymmetry",
    inputs: pairOf(224, 224),
    build: () => {
      const model = caracNetSymmetry({ width });
      return { ...model, run: (inputs) => ({ logits: model.apply(inputs as unknown as Pair) }) };
    },
  },
  {
    name: "dreamNetSymmetry",
    inputs: pairOf(448, 512),
    build: () => {
      const model = dreamNetSymmetry({ width, rows: 448, columns: 512 });
      return { ...model, run: (inputs) => ({ ...model.applyWithHeatmaps(inputs as unknown as Pair) }) };
    },
  },
  {
    name: "asymMirai",
    inputs: pairOf(320, 448),
    build: () => {
      const model = asymMirai({ width, windows: 2 });
      return { ...model, run: (inputs) => ({ ...model.applyWithDifferences(inputs as unknown as Pair) }) };
    },
  },
];

/** Running statistics, scales and biases that are not those of a new model, which a wrong export might not read. */
export function unsettle(model: Model): void {
  const moved = Object.entries({ ...model.params, ...model.buffers }).filter(([name]) => !name.endsWith("/kernel"));
  tidy(() => {
    const values = moved.map(([name, weight]): [string, Tensor] => [
      name,
      add(weight as Tensor, mul(noise<Tensor>(`moved/${name}`, weight.shape), 0.2)),
    ]);
    loadWeights(model, Object.fromEntries(values), { partial: true });
  });
}

/** Numbers for an input; of the second pair the left breast is missing. */
export const filled = (name: string, shape: readonly number[]): Tensor =>
  name === "present" ? tensor([1, 1, 0, 1], [2, 2]) : noise(name, [...shape]);
