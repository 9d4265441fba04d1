export { mammographyCadSr } from "./write/sr/mammographyCadSr.ts";
export { presentationStates } from "./write/presentationState.ts";
export { type Heatmap, heatmapSegmentation } from "./write/heatmapSegmentation.ts";
export { secondaryCapture } from "./write/secondaryCapture.ts";
export type {
  ImageReference,
  ReportedBreast,
  ReportedExam,
  ReportedFinding,
  ReportedImage,
  ReportedLesion,
  ReportOptions,
} from "./write/reportedExam.ts";
export { type DeidentifyOptions, deidentify } from "./deidentify/deidentify.ts";
export { type Element, type Elements, element, type Fragments, type Value, type Vr } from "./write/element.ts";
export { type Encoding, encodeElements } from "./write/encodeElements.ts";
export { encodePart10, implementationClassUid } from "./write/encodePart10.ts";
export { uidOf } from "./write/uidOf.ts";
