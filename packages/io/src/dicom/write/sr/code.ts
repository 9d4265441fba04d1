import { tags } from "../../tags.ts";
import { type Elements, element } from "../element.ts";

/** A coded concept (PS3.3 8.8): value, coding scheme, meaning. */
export type Code = readonly [value: string, scheme: string, meaning: string];

/** The coding scheme of the 1-10 score: ours. */
export const scoreScheme = "99MAMMO";

/**
 * Suspicion of 1 to 10 as a code of our own scheme.
 *
 * @throws RangeError for any other number.
 */
export function scoreCode(score: number): Code {
  if (!(Number.isInteger(score) && score >= 1 && score <= 10)) throw new RangeError(`Expected a score of 1 to 10, got ${score}`);
  return [`SCORE-${score}`, scoreScheme, `Suspicion score ${score} of 10`];
}

/** Codes of DICOM (PS3.16 Annex D), SNOMED CT and UCUM, as PS3.16 spells them. */
export const codes = {
  algorithmName: ["111001", "DCM", "Algorithm Name"],
  algorithmVersion: ["111003", "DCM", "Algorithm Version"],
  analysisPerformed: ["111004", "DCM", "Analysis Performed"],
  assessmentCategory: ["111005", "DCM", "Assessment Category"],
  certaintyOfFeature: ["111011", "DCM", "Certainty of Feature"],
  center: ["111010", "DCM", "Center"],
  compositeFeature: ["111015", "DCM", "Composite Feature"],
  compositeType: ["111016", "DCM", "Composite type"],
  processingAndFindings: ["111017", "DCM", "CAD Processing and Findings Summary"],
  detectionPerformed: ["111022", "DCM", "Detection Performed"],
  horizontalPixelSpacing: ["111026", "DCM", "Horizontal Pixel Spacing"],
  imageLaterality: ["111027", "DCM", "Image Laterality"],
  imageLibrary: ["111028", "DCM", "Image Library"],
  imageRegion: ["111030", "DCM", "Image Region"],
  imageView: ["111031", "DCM", "Image View"],
  imageViewModifier: ["111032", "DCM", "Image View Modifier"],
  impressionDescription: ["111033", "DCM", "Impression Description"],
  individualImpression: ["111034", "DCM", "Individual Impression/Recommendation"],
  cadReport: ["111036", "DCM", "Mammography CAD Report"],
  outline: ["111041", "DCM", "Outline"],
  patientOrientationColumn: ["111043", "DCM", "Patient Orientation Column"],
  patientOrientationRow: ["111044", "DCM", "Patient Orientation Row"],
  probabilityOfCancer: ["111047", "DCM", "Probability of cancer"],
  renderingIntent: ["111056", "DCM", "Rendering Intent"],
  scopeOfFeature: ["111057", "DCM", "Scope of Feature"],
  singleImageFinding: ["111059", "DCM", "Single Image Finding"],
  studyDate: ["111060", "DCM", "Study Date"],
  studyTime: ["111061", "DCM", "Study Time"],
  successfulAnalyses: ["111062", "DCM", "Successful Analyses"],
  successfulDetections: ["111063", "DCM", "Successful Detections"],
  summaryOfDetections: ["111064", "DCM", "Summary of Detections"],
  summaryOfAnalyses: ["111065", "DCM", "Summary of Analyses"],
  verticalPixelSpacing: ["111066", "DCM", "Vertical Pixel Spacing"],
  selectedRegionDescription: ["111058", "DCM", "Selected Region Description"],
  selectedRegion: ["111099", "DCM", "Selected region"],
  presentationRequired: ["111150", "DCM", "Presentation Required: Rendering device is expected to present"],
  presentationOptional: ["111151", "DCM", "Presentation Optional: Rendering device may present"],
  relatedSpatially: ["111154", "DCM", "Target Content Items are related spatially"],
  onMultipleImages: ["111158", "DCM", "Feature detected on multiple images"],
  succeeded: ["111222", "DCM", "Succeeded"],
  individualAnalysis: ["111233", "DCM", "Individual Impression/Recommendation Analysis"],
  overallAnalysis: ["111234", "DCM", "Overall Impression/Recommendation Analysis"],
  withoutFindings: ["111241", "DCM", "All algorithms succeeded; without findings"],
  withFindings: ["111242", "DCM", "All algorithms succeeded; with findings"],
  segmentation: ["113076", "DCM", "Segmentation"],
  sourceOfProcessing: ["121322", "DCM", "Source image for image processing operation"],
  language: ["121049", "DCM", "Language of Content Item and Descendants"],
  english: ["en", "RFC5646", "English"],
  laterality: ["272741003", "SCT", "Laterality"],
  leftBreast: ["80248007", "SCT", "Left breast"],
  rightBreast: ["73056007", "SCT", "Right breast"],
  calcificationCluster: ["129769006", "SCT", "Calcification Cluster"],
  density: ["129793001", "SCT", "Mammography breast density"],
  distortion: ["129792006", "SCT", "Architectural distortion of breast"],
  abnormalStructure: ["49755003", "SCT", "Morphologically Abnormal Structure"],
  lesion: ["52988006", "SCT", "Lesion"],
  spatialCollocation: ["133884007", "SCT", "Spatial collocation analysis"],
  percent: ["%", "UCUM", "Percent"],
  millimeter: ["mm", "UCUM", "millimeter"],
} as const satisfies Readonly<Record<string, Code>>;

/** One item of a code sequence. */
export const codeItem = ([value, scheme, meaning]: Code): Elements => [
  element(tags.CodeValue, "SH", value),
  element(tags.CodingSchemeDesignator, "SH", scheme),
  element(tags.CodeMeaning, "LO", meaning),
];
