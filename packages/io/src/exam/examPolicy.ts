import type { Laterality, ViewPosition } from "@mammo/mammogram";

/** Which images of an exam are looked at, where it has more or fewer than one of each view. */
export interface ExamPolicy {
  /** Slices and projections of tomosynthesis, pictures of contrast, of high energy and of stereotactic biopsy: no screening model is meant for them. Images of low energy are taken for plain ones, and leave where there is one of the same view. */
  readonly kind: "plain" | "all";
  /** Where one view was saved both for presentation and as raw data for processing: which of them stays. Where there are fewer images of the wanted kind than of the other, both stay: it is not known which is shown twice. */
  readonly intent: "presentation" | "processing" | "all";
  /** Where one view was taken both as an image and as a tomosynthesis stack: which of them stays. */
  readonly tomosynthesis: "image" | "stack" | "all";
  /** Where a breast with an implant was seen whole and with the implant displaced (CC and CCID): which of them stays. */
  readonly implant: "displaced" | "whole" | "all";
  /** Views other than CC and MLO of the whole breast: spot, magnification, lateral, rolled, ... */
  readonly extra: "all" | "leave";
  /** The same view of the same breast more than once; partial views, parts of one large breast, are no repetition; an image computed from a stack, or of an odd kind, stays only where there is no plain one. */
  readonly repeated: "all" | "latest" | "largest";
  /** The views that an exam should have: whole, without modifiers; displaced ones count. */
  readonly expected: readonly ExpectedView[];
  /** What becomes of an exam without them. */
  readonly missing: "report" | "refuse";
}

/** A view that an exam should have. */
export interface ExpectedView {
  readonly laterality: Laterality;
  readonly position: ViewPosition;
}

/** Leaves out what is no mammogram of the breast by its kind; of mammograms only what another image shows whole in another way, partial views and images of test objects never; what an exam lacks is told and not refused. */
export const examPolicyDefaults = {
  kind: "plain",
  intent: "presentation",
  tomosynthesis: "image",
  implant: "displaced",
  extra: "all",
  repeated: "all",
  expected: [
    { laterality: "L", position: "CC" },
    { laterality: "L", position: "MLO" },
    { laterality: "R", position: "CC" },
    { laterality: "R", position: "MLO" },
  ],
  missing: "report",
} as const satisfies ExamPolicy;
