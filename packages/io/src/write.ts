// Reports of an exam
export { mammographyCadSr } from "./dicom/write/sr/mammographyCadSr.ts";
export { presentationStates } from "./dicom/write/presentationState.ts";
export { type Heatmap, heatmapSegmentation } from "./dicom/write/heatmapSegmentation.ts";
export { secondaryCapture } from "./dicom/write/secondaryCapture.ts";
export type {
  ImageReference,
  ReportedBreast,
  ReportedExam,
  ReportedFinding,
  ReportedImage,
  ReportedLesion,
  ReportedView,
  ReportOptions,
} from "./dicom/write/reportedExam.ts";

// De-identification
export { type DeidentifyOptions, deidentify } from "./dicom/deidentify/deidentify.ts";
export { requireKey } from "./dicom/deidentify/pseudonyms.ts";

// Any data set
export { type Element, type Elements, element, type Fragments, type Value, type Vr } from "./dicom/write/element.ts";
export { type Encoding, encodeElements } from "./dicom/write/encodeElements.ts";
export { encodePart10, implementationClassUid } from "./dicom/write/encodePart10.ts";
export { uidOf } from "./dicom/write/uidOf.ts";
