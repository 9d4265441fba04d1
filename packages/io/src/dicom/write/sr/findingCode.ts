import type { ReportedFinding } from "../reportedExam.ts";
import { type Code, codes } from "./code.ts";

const byKind: Readonly<Record<NonNullable<ReportedFinding["kind"]>, Code>> = {
  calcification: codes.calcificationCluster,
  mass: codes.density,
  distortion: codes.distortion,
  asymmetry: codes.density,
};

/** What was found, as a Single Image Finding (CID 6014): an asymmetry is a density where one image is looked at, and what has no kind a selected region. */
export const findingCode = (kind: ReportedFinding["kind"]): Code => (kind ? byKind[kind] : codes.selectedRegion);
