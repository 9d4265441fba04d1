import {
  caracNet,
  caracNetSymmetry,
  detectorNet,
  dreamNet,
  dreamNetSymmetry,
  type Graph,
  kindClasses,
  type Model,
  type PlainArray,
  retinaNet,
} from "@mammo/models";
import { type GraphKind, type GraphOf, type GraphStage, type OptionsOf, windowsOf } from "@mammo/pipeline/node";
import { type NamedTensorMap, Tensor } from "@tensorflow/tfjs-core";

/** A graph of the recipes, and what its batches are made of. */
export interface GraphCase<Kind extends GraphKind = GraphKind> {
  readonly graph: GraphStage;
  readonly kind: Kind;
  /** As the recipe's. */
  readonly batch: number;
}

/** The graphs, each with the batches that train all of it. */
export const graphCases: readonly GraphCase[] = [
  { graph: "detectorNet", kind: "patches", batch: 16 },
  { graph: "retinaNet", kind: "windows", batch: 12 },
  { graph: "caracNet", kind: "lesions", batch: 16 },
  { graph: "caracNetSymmetry", kind: "opposite", batch: 16 },
  { graph: "dreamNet", kind: "views", batch: 4 },
  { graph: "dreamNetSymmetry", kind: "pairs", batch: 4 },
];

/** The factor on every channel count. */
export const width = 0.125;

const seed = 1;

/** As the recipe makes them. */
const graphs: { readonly [Kind in GraphKind]: () => GraphOf[Kind] } = {
  patches: () => detectorNet({ width, seed }),
  windows: () => retinaNet({ width, seed }),
  lesions: () => caracNet({ width, seed }),
  opposite: () => caracNetSymmetry({ width, seed }),
  views: () => dreamNet({ width, seed, headWidth: 1 }),
  pairs: () => dreamNetSymmetry({ width, seed, headWidth: 1 }),
};

/** The graph of a case on the current backend, and what its batches take. */
export function buildGraph<Kind extends GraphKind>({
  kind,
  batch: size,
}: GraphCase<Kind>): {
  readonly model: GraphOf[Kind];
  readonly options: OptionsOf[Kind];
} {
  const model = graphs[kind]();
  const special: Partial<Record<GraphKind, (model: Model) => object>> = {
    windows: (model) => windowsOf(model as GraphOf["windows"]),
    lesions: () => ({ classes: kindClasses }),
  };
  return { model, options: { seed, size, ...special[kind]?.(model) } as OptionsOf[Kind] };
}

/** What a graph reads of its batch in inference; one tensor alone is what it is applied to. */
const inputs: { readonly [Kind in GraphKind]: readonly string[] } = {
  ...{ patches: ["pixels"], windows: ["pixels"], views: ["pixels"] },
  lesions: ["fine", "context", "geometry"],
  ...{ opposite: ["left", "right", "present"], pairs: ["left", "right", "present"] },
};

/** A graph in inference, as runners take it. */
export const inference: Graph<Model, string, string> = (model, named) => {
  const { apply } = model as unknown as { apply(x: unknown): Tensor | NamedTensorMap };
  const given = apply("pixels" in named ? named["pixels"] : named);
  return given instanceof Tensor ? { logits: given } : { ...given };
};

/** What of a batch goes into `inference`. */
export async function inferenceInputs(kind: GraphKind, batch: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, PlainArray>>> {
  const plain = inputs[kind].map(async (name) => [name, { shape: batch[name]!.shape, data: Float32Array.from(await batch[name]!.data()) }] as const);
  return Object.fromEntries(await Promise.all(plain));
}
