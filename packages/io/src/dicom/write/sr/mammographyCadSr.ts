import { requireKnownKeys } from "@mammo/mammogram";
import { tags } from "../../tags.ts";
import { type Elements, element } from "../element.ts";
import { examContext, seriesReferences } from "../examContext.ts";
import { finish } from "../finish.ts";
import { findingsOf, type ReportedExam, type ReportedImage, type ReportOptions, reportOptionNames } from "../reportedExam.ts";
import { algorithmContent } from "./algorithmContent.ts";
import { type Code, codes, scoreCode, scoreScheme } from "./code.ts";
import { byReference, type ContentItem, codeContent, container, encodeContent, type Related, textContent } from "./contentItem.ts";
import { findingCode } from "./findingCode.ts";
import { imageEntry } from "./imageLibrary.ts";
import { inWords, lesionContent } from "./lesionContent.ts";

/** Where the image library stands in the tree: the second child of the root, after the language. */
const library = [1, 2] as const;

/**
 * The report of an exam as a Mammography CAD SR file (PS3.3 A.35.5, PS3.16 TID 4000), in the study of its images.
 *
 * Findings are outlined in pixels of the stored images, with their calibrated probability of cancer in percent; those of one lesion in several images make a Composite Feature, whose certainty is that they are one lesion
 * (`pairProbability`). Where a lesion lies stands in words: region, third, mm from the nipple, views.
 * The 1-10 scores of lesions, breasts and exam are Assessment Categories of the coding scheme 99MAMMO, and stand in words beside them.
 * The same arguments give the same bytes.
 * @throws DicomError `wrong-study`, `missing-attribute`; RangeError for a finding without its image, a lesion without findings, a score that is none of 1 to 10 and an algorithm whose name or version is longer than 64 characters; TypeError for text that is not ASCII.
 * @example
 * const bytes = await mammographyCadSr(report, images, { at: "2026-03-01T12:30:00", algorithm: { name: "my nets", version: "1.0" } });
 */
export async function mammographyCadSr(exam: ReportedExam, images: readonly ReportedImage[], options: ReportOptions): Promise<Uint8Array> {
  requireKnownKeys("mammographyCadSr", options, reportOptionNames);
  const context = examContext(images, options);
  return finish([
    ...context.elements,
    element(tags.SOPClassUID, "UI", "1.2.840.10008.5.1.4.1.1.88.50"),
    element(tags.ContentDate, "DA", context.date),
    element(tags.ContentTime, "TM", context.time),
    element(tags.Modality, "CS", "SR"),
    element(tags.SeriesDescription, "LO", "Mammography CAD"),
    element(tags.CodingSchemeIdentificationSequence, "SQ", [
      [
        element(tags.CodingSchemeDesignator, "SH", scoreScheme),
        element(tags.CodingSchemeName, "ST", "Suspicion scores of 1 (least) to 10 (most), codes SCORE-1 to SCORE-10"),
      ],
    ]),
    element(tags.ReferencedPerformedProcedureStepSequence, "SQ", []),
    element(tags.SeriesNumber, "IS", 9001),
    element(tags.InstanceNumber, "IS", 1),
    element(tags.PerformedProcedureCodeSequence, "SQ", []),
    element(tags.CurrentRequestedProcedureEvidenceSequence, "SQ", [evidence(context.references)]),
    element(tags.CompletionFlag, "CS", "COMPLETE"),
    element(tags.VerificationFlag, "CS", "UNVERIFIED"),
    ...encodeContent(reportContent(exam, images, options)),
  ]);
}

const evidence = (references: ReturnType<typeof examContext>["references"]): Elements => [
  element(tags.StudyInstanceUID, "UI", references[0]!.studyInstanceUid),
  element(tags.ReferencedSeriesSequence, "SQ", seriesReferences(references)),
];

/** Mammography CAD Document Root (TID 4000). */
function reportContent(exam: ReportedExam, images: readonly ReportedImage[], options: ReportOptions): ContentItem {
  return container(
    codes.cadReport,
    [
      ["HAS CONCEPT MOD", codeContent(codes.language, codes.english)],
      ["CONTAINS", container(codes.imageLibrary, images.map(imageEntry))],
      ["CONTAINS", overallImpression(exam, images, options)],
      ["CONTAINS", codeContent(codes.summaryOfDetections, codes.succeeded, [detections(exam, images, options)])],
      ["CONTAINS", codeContent(codes.summaryOfAnalyses, codes.succeeded, [analyses(exam, images, options)])],
    ],
    "4000",
  );
}

/** Overall Impression/Recommendation (TID 4001), its body (TID 4002) and, from each lesion, an individual one. */
function overallImpression(exam: ReportedExam, images: readonly ReportedImage[], options: ReportOptions): ContentItem {
  const breasts = exam.breasts.map(({ laterality, score }): Related => {
    const side: Related = ["HAS CONCEPT MOD", codeContent(codes.laterality, laterality === "L" ? codes.leftBreast : codes.rightBreast)];
    return ["HAS PROPERTIES", codeContent(codes.assessmentCategory, scoreCode(score), [side])];
  });
  const lesions = exam.breasts.flatMap((breast) => breast.lesions.map((lesion) => lesionContent(lesion, { images, options, library })));
  return codeContent(codes.processingAndFindings, lesions.length > 0 ? codes.withFindings : codes.withoutFindings, [
    ["HAS PROPERTIES", codeContent(codes.assessmentCategory, scoreCode(exam.score))],
    ...breasts,
    ["HAS PROPERTIES", textContent(codes.impressionDescription, inWords(exam.score, exam.probability))],
    ...algorithmContent(options, "HAS PROPERTIES"),
    ...lesions,
  ]);
}

/** CAD Detections Performed (TID 4015): one for each kind of finding that was looked for, found or not. */
function detections(exam: ReportedExam, images: readonly ReportedImage[], options: ReportOptions): Related {
  const found = findingsOf(exam).map(({ kind }) => kind);
  const kinds = new Set([...(options.lookedFor ?? (["mass", "calcification"] as const)), ...found].map(findingCode));
  const performed = [...kinds].map((value) => run(codes.detectionPerformed, value, images, options));
  return ["INFERRED FROM", container(codes.successfulDetections, performed)];
}

/** CAD Analyses Performed (TID 4016): the scores, and which findings of two views are one lesion where any are. */
function analyses(exam: ReportedExam, images: readonly ReportedImage[], options: ReportOptions): Related {
  const isPaired = exam.breasts.some(({ lesions }) => lesions.some(({ pairProbability }) => pairProbability !== undefined));
  const kinds = [codes.individualAnalysis, codes.overallAnalysis, ...(isPaired ? [codes.spatialCollocation] : [])];
  const performed = kinds.map((value) => run(codes.analysisPerformed, value, images, options));
  return ["INFERRED FROM", container(codes.successfulAnalyses, performed)];
}

const run = (name: Code, value: Code, images: readonly ReportedImage[], options: ReportOptions): Related => [
  "CONTAINS",
  codeContent(name, value, [
    ...algorithmContent(options, "HAS PROPERTIES"),
    ...images.map((_, index): Related => ["HAS PROPERTIES", byReference([...library, index + 1])]),
  ]),
];
