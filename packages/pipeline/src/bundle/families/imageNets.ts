// Nets that see whole views: DreamNet one, DreamNetSymmetry both breasts.
import {
  type DreamNet,
  type DreamNetOptions,
  type DreamNetSymmetry,
  type DreamNetSymmetryOptions,
  dreamNet,
  dreamNetSymmetry,
  type Examination,
  examinePair,
  examineView,
  viewFeatures,
} from "@mammo/models";
import { oppositeViews } from "../../oppositeViews.ts";
import type { Family, ViewOfExam } from "./family.ts";
import { viewOptions } from "./memberOptions.ts";

export const dreamNetFamily: Family<DreamNetOptions, DreamNet> = {
  title: "DreamNet",
  create: dreamNet,
  parseOptions: viewOptions,
  async examine(model, views, _proposals, options) {
    const found: Examination[] = [];
    for (const view of views) found.push(await examineView(model, view, options));
    return found;
  },
  features: viewFeatures,
};

export const dreamNetSymmetryFamily: Family<DreamNetSymmetryOptions, DreamNetSymmetry> = {
  title: "DreamNetSymmetry",
  create: dreamNetSymmetry,
  parseOptions: viewOptions,
  async examine(model, views, _proposals, options) {
    const opposite = oppositeViews(views);
    const found = new Map<ViewOfExam, Examination>();
    for (const view of views) {
      if (found.has(view)) continue;
      const other = opposite(view);
      const { left, right } = await examinePair(model, { left: view, right: other }, options);
      found.set(view, left!);
      if (other && opposite(other) === view) found.set(other, right!);
    }
    return views.map((view) => found.get(view)!);
  },
};
