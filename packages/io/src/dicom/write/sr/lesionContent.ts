import { boxCenter } from "@mammo/mammogram";
import { imageOf, type ReportedFinding, type ReportedImage, type ReportedLesion, type ReportOptions, sourceBox } from "../reportedExam.ts";
import { algorithmContent } from "./algorithmContent.ts";
import { codes, scoreCode } from "./code.ts";
import { byReference, codeContent, container, coordinates, numberContent, type Related, textContent } from "./contentItem.ts";
import { findingCode } from "./findingCode.ts";

/** What a finding needs to know of the report around it. */
export interface Surroundings {
  readonly images: readonly ReportedImage[];
  readonly options: ReportOptions;
  /** The way from the root to the image library, whose items are the images in their order. */
  readonly library: readonly number[];
}

/** A lesion as Individual Impression/Recommendation (TID 4003): one finding alone, or a Composite Feature (TID 4004) of those in several images. */
export function lesionContent(lesion: ReportedLesion, surroundings: Surroundings): Related {
  const { findings, score, probability } = lesion;
  if (findings.length === 0) throw new RangeError("Expected at least one finding in each lesion, got none");
  const isPair = findings.length > 1;
  return [
    "INFERRED FROM",
    container(codes.individualImpression, [
      renderingIntent(score, surroundings.options),
      ["CONTAINS", codeContent(codes.assessmentCategory, scoreCode(score))],
      ["CONTAINS", textContent(codes.impressionDescription, [...whereInWords(lesion), inWords(score, probability)].join(" "))],
      ...algorithmContent(surroundings.options, "CONTAINS"),
      isPair ? compositeFeature(lesion, surroundings) : singleImageFinding(findings[0]!, surroundings, "CONTAINS"),
    ]),
  ];
}

/** Score and probability for readers who show texts only. */
export const inWords = (score: number, probability: number): string =>
  `Suspicion score ${score} of 10. Probability of cancer ${percentOf(probability)} %. For research only, not a medical device.`;

/** TID 4000 and its like have codes for how features are related and how certain that is, none for where in the breast they lie: that is said in words. */
function whereInWords({ place, pairProbability, findings }: ReportedLesion): readonly string[] {
  const [first] = findings;
  const side = first?.laterality === "L" ? "Left breast" : "Right breast";
  const views = [...new Set(findings.map(({ view }) => view))].join(" and ");
  const seen = `Seen in ${views}${pairProbability === undefined ? "" : `, one lesion with ${percentOf(pairProbability)} %`}.`;
  return place === undefined
    ? [`${side}.`, seen]
    : [`${side}, ${place.region}, ${place.third} third, ${place.mmFromNipple} mm from the nipple.`, seen];
}

function compositeFeature(lesion: ReportedLesion, surroundings: Surroundings): Related {
  const { findings, probability, score, pairProbability } = lesion;
  const kind = findings.find((one) => one.kind)?.kind;
  return [
    "CONTAINS",
    codeContent(codes.compositeFeature, findingCode(kind), [
      renderingIntent(score, surroundings.options),
      ["HAS PROPERTIES", codeContent(codes.compositeType, codes.relatedSpatially)],
      ["HAS PROPERTIES", codeContent(codes.scopeOfFeature, codes.onMultipleImages)],
      ...algorithmContent(surroundings.options, "HAS PROPERTIES"),
      ...(pairProbability === undefined ? [] : [certaintyOfFeature(pairProbability)]),
      ...(kind ? [probabilityOfCancer(probability)] : []),
      ...findings.map((finding) => singleImageFinding(finding, surroundings, "INFERRED FROM")),
    ]),
  ];
}

/** Single Image Finding (TID 4006). A finding of no stated kind is a selected region, which the template gives no probability of cancer. */
function singleImageFinding(finding: ReportedFinding, surroundings: Surroundings, relationship: "CONTAINS" | "INFERRED FROM"): Related {
  const { images, library, options } = surroundings;
  const image = imageOf(finding, images);
  const box = sourceBox(finding, image);
  const { top, left, bottom, right } = box;
  const [row, column] = boxCenter(box);
  const selected: Related = ["SELECTED FROM", byReference([...library, images.indexOf(image) + 1])];
  const outline = [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
    [left, top],
  ] as const;
  return [
    relationship,
    codeContent(codes.singleImageFinding, findingCode(finding.kind), [
      renderingIntent(finding.score, options),
      ...algorithmContent(options, "HAS PROPERTIES"),
      ...(finding.kind ? [probabilityOfCancer(finding.probability)] : []),
      ["HAS PROPERTIES", coordinates(codes.center, "POINT", [[column, row]], [selected])],
      ["HAS PROPERTIES", coordinates(codes.outline, "POLYLINE", outline, [selected])],
      ...(finding.kind ? [] : [regionDescription(finding)]),
    ]),
  ];
}

/** What TID 4013 asks of a selected region. */
const regionDescription = ({ score, probability }: ReportedFinding): Related => [
  "HAS PROPERTIES",
  textContent(codes.selectedRegionDescription, inWords(score, probability)),
];

/** Of a composite feature: that its parts are one lesion. */
const certaintyOfFeature = (probability: number): Related => [
  "HAS PROPERTIES",
  numberContent(codes.certaintyOfFeature, percentOf(probability), codes.percent),
];

const probabilityOfCancer = (probability: number): Related => [
  "HAS PROPERTIES",
  numberContent(codes.probabilityOfCancer, percentOf(probability), codes.percent),
];

/** To four digits: no calibration is more precise. */
const percentOf = (probability: number): number => Number((100 * probability).toPrecision(4));

const renderingIntent = (score: number, { presentFrom = 5 }: ReportOptions): Related => [
  "HAS CONCEPT MOD",
  codeContent(codes.renderingIntent, score >= presentFrom ? codes.presentationRequired : codes.presentationOptional),
];
