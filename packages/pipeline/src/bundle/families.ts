import type {
  CaracNet,
  CaracNetOptions,
  CaracNetSymmetry,
  CaracNetSymmetryOptions,
  DreamNet,
  DreamNetOptions,
  DreamNetSymmetry,
  DreamNetSymmetryOptions,
  RetinaNet,
  RetinaNetOptions,
} from "@mammo/models";
import type { Family } from "./families/family.ts";
import { dreamNetFamily, dreamNetSymmetryFamily } from "./families/imageNets.ts";
import { caracNetFamily, caracNetSymmetryFamily, retinaNetFamily } from "./families/lesionNets.ts";

/** The kinds of model that a bundle may hold, in the order in which they examine an exam; a new one is a new line here. */
export const families = {
  retinaNet: retinaNetFamily,
  caracNet: caracNetFamily,
  caracNetSymmetry: caracNetSymmetryFamily,
  dreamNet: dreamNetFamily,
  dreamNetSymmetry: dreamNetSymmetryFamily,
} as const;

/** A name of `families`. */
export type FamilyName = keyof typeof families;

/** The models by family. */
export interface ModelOfFamily extends Record<FamilyName, object> {
  readonly retinaNet: RetinaNet;
  readonly caracNet: CaracNet;
  readonly caracNetSymmetry: CaracNetSymmetry;
  readonly dreamNet: DreamNet;
  readonly dreamNetSymmetry: DreamNetSymmetry;
}

/** A model of any family. */
export type FamilyModel = ModelOfFamily[FamilyName];

/** The options of any family's model. */
export type FamilyOptions = RetinaNetOptions | CaracNetOptions | CaracNetSymmetryOptions | DreamNetOptions | DreamNetSymmetryOptions;

/** The names, in their order. */
export const familyNames = Object.keys(families) as readonly FamilyName[];

/** A family by name, for options and models of that family alone: whoever has the name has them from the same member. */
export const familyOf = (name: FamilyName): Family<FamilyOptions, FamilyModel> => families[name] as unknown as Family<FamilyOptions, FamilyModel>;
