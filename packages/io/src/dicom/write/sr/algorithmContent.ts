import type { ReportOptions } from "../reportedExam.ts";
import { codes } from "./code.ts";
import { type Related, type Relationship, textContent } from "./contentItem.ts";

/** Algorithm Identification (TID 4019): name and version. */
export const algorithmContent = ({ algorithm }: ReportOptions, relationship: Relationship): readonly Related[] => [
  [relationship, textContent(codes.algorithmName, algorithm.name)],
  [relationship, textContent(codes.algorithmVersion, algorithm.version)],
];
