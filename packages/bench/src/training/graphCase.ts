import { caracNet, caracNetSymmetry, detectorNet, dreamNet, dreamNetSymmetry, kindClasses, type Model, retinaNet } from "@mammo/models";
import { type GraphKind, type GraphOf, type GraphStage, type OptionsOf, windowsOf } from "@mammo/pipeline/node";

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
