// Nets that see lesions: RetinaNet finds them, CaracNet and CaracNetSymmetry say what those are.
import { type LesionKind, lesionKinds } from "@mammo/mammogram";
import {
  type CaracNet,
  type CaracNetOptions,
  type CaracNetSymmetry,
  type CaracNetSymmetryOptions,
  caracNet,
  caracNetSymmetry,
  characterizeLesions,
  compareLesions,
  detectLesions,
  type LesionDetection,
  type RetinaNet,
  type RetinaNetOptions,
  retinaNet,
} from "@mammo/models";
import { nms } from "@mammo/models/detection";
import { oppositeViews } from "../../oppositeViews.ts";
import { type Family, type FamilyExamination, highestLogit, type SuspiciousPlace } from "./family.ts";
import { anchorOptions, classOptions, graphOptions } from "./memberOptions.ts";

/** Places that the lesion nets look at in a view: more cost time, and are fainter than what is a lesion. */
const mostProposals = 5;

/** Marks below are not looked at. */
const minScore = 0.01;

/** The kind that a class of `kindClasses` or `pathologyClasses` speaks of. */
const kindOf = (name: string): LesionKind | undefined => lesionKinds.find((kind) => name.split("/")[0] === kind);

export const retinaNetFamily: Family<RetinaNetOptions, RetinaNet> = {
  title: "RetinaNet",
  create: retinaNet,
  parseOptions: anchorOptions,
  async examine(model, views, _proposals, options) {
    const found: FamilyExamination[] = [];
    for (const view of views) {
      const marks = await detectLesions(model, view, { minScore, classWise: true, most: 4 * mostProposals, ...options });
      // With pathologies among its classes it tells cancers itself; else any lesion is suspicious.
      const places = marks.filter((mark) => !mark.class.endsWith("/benign")).map(placeOf);
      found.push({ logit: highestLogit(places), places: nms(places), proposals: nms(marks).slice(0, mostProposals) });
    }
    return found;
  },
};

export const caracNetFamily: Family<CaracNetOptions, CaracNet> = {
  title: "CaracNet",
  create: caracNet,
  parseOptions: classOptions,
  needsProposals: true,
  async examine(model, views, proposals, options) {
    const found: FamilyExamination[] = [];
    for (const [at, view] of views.entries()) {
      const own = proposals[at]!;
      const said = own.length > 0 ? await characterizeLesions(model, view, own, { view: view.view, ...options }) : [];
      found.push(
        ofProposals(
          own,
          said.map(({ malignancy }) => malignancy),
        ),
      );
    }
    return found;
  },
};

export const caracNetSymmetryFamily: Family<CaracNetSymmetryOptions, CaracNetSymmetry> = {
  title: "CaracNetSymmetry",
  create: caracNetSymmetry,
  parseOptions: graphOptions,
  needsProposals: true,
  async examine(model, views, proposals, options) {
    const opposite = oppositeViews(views);
    const found: FamilyExamination[] = [];
    for (const [at, view] of views.entries()) {
      const other = opposite(view);
      // Without both nipples there is no same place of the other breast.
      const both = other?.nipple && view.nipple ? { own: view, other } : { own: view };
      found.push(ofProposals(proposals[at]!, await compareLesions(model, both, proposals[at]!, options)));
    }
    return found;
  },
};

/** A place is a cancer where it is a lesion, as the detector says, and malignant, as the lesion net says of lesions: both scores multiplied (ours). */
function ofProposals(proposals: readonly LesionDetection[], malignancy: readonly number[]): FamilyExamination {
  const places = proposals.map((one, index) => placeOf({ ...one, score: one.score * malignancy[index]! }));
  return { logit: highestLogit(places), places: places.sort((a, b) => b.score - a.score) };
}

function placeOf({ box, label, score, class: name }: LesionDetection): SuspiciousPlace & { readonly label: number } {
  const kind = kindOf(name);
  return { box, label, score, ...(kind ? { kind } : {}) };
}
