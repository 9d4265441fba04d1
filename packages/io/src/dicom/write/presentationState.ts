import { requireKnownKeys } from "@mammo/mammogram";
import { type MammoHeader, readMammoHeader } from "../header/mammoHeader.ts";
import type { Lut } from "../intensity/lut.ts";
import { limitsOf } from "../limits.ts";
import { tags } from "../tags.ts";
import { type Element, type Elements, element } from "./element.ts";
import { examContext, instanceReference, seriesReferences } from "./examContext.ts";
import { finish } from "./finish.ts";
import {
  findingsOf,
  imageOf,
  type ReportedExam,
  type ReportedFinding,
  type ReportedImage,
  type ReportOptions,
  referenceTo,
  reportOptionNames,
  sourceBox,
} from "./reportedExam.ts";

const layer = "FINDINGS";

/**
 * The findings' boxes, each with its score and probability, drawn over the stored images: a Grayscale Softcopy Presentation State (PS3.3 A.33.1) for each image that has findings.
 *
 * A state replaces the image's own look, therefore it repeats its modality and first VOI transformation. One image, one state: the modality transformation belongs to the whole state.
 * The same arguments give the same bytes.
 * @throws what `mammographyCadSr` throws.
 */
export async function presentationStates(
  exam: ReportedExam,
  images: readonly ReportedImage[],
  options: ReportOptions,
): Promise<readonly Uint8Array[]> {
  requireKnownKeys("presentationStates", options, reportOptionNames);
  const placed = findingsOf(exam).map((finding) => ({ finding, image: imageOf(finding, images) }));
  const { elements: context, date, time } = examContext(images, options);
  const states = images.flatMap((image): Elements[] => {
    const findings = placed.filter((one) => one.image === image).map(({ finding }) => finding);
    if (findings.length === 0) return [];
    const header = readMammoHeader(image.file, { anySopClass: true, frame: image.frame ?? 0, limits: limitsOf(options.limits) });
    return [
      [
        ...context,
        element(tags.SOPClassUID, "UI", "1.2.840.10008.5.1.4.1.1.11.1"),
        element(tags.Modality, "CS", "PR"),
        element(tags.SeriesDescription, "LO", "Mammography CAD findings"),
        element(tags.SeriesNumber, "IS", 9003),
        element(tags.InstanceNumber, "IS", images.indexOf(image) + 1),
        element(tags.Laterality, "CS", image.standard.laterality),
        element(tags.ContentLabel, "CS", "CAD_FINDINGS"),
        element(tags.ContentDescription, "LO", "Findings of a research system. Not a medical device"),
        element(tags.PresentationCreationDate, "DA", date),
        element(tags.PresentationCreationTime, "TM", time),
        element(tags.ContentCreatorName, "PN", ""),
        ...appearance(header),
        ...placing(image, header),
        ...annotation(image, findings),
      ],
    ];
  });
  return Promise.all(states.map((state) => finish(state)));
}

/** Stored values to P-values as the image itself asks for it: Modality LUT, Softcopy VOI LUT and Softcopy Presentation LUT (PS3.3 C.11.1, C.11.8, C.11.6). */
function appearance({ modality, vois: [voi], isInverted, presentationIntent }: MammoHeader): Elements {
  const isIdentity = modality.kind === "rescale" && modality.slope === 1 && modality.intercept === 0;
  const shown = presentationIntent === "FOR PRESENTATION" ? voi : undefined;
  return [
    ...(modality.kind === "lut"
      ? [element(tags.ModalityLUTSequence, "SQ", [[...lutElements({ ...modality, bits: 16 }), element(tags.ModalityLUTType, "LO", "US")]])]
      : []),
    ...(modality.kind === "rescale" && !isIdentity
      ? [
          element(tags.RescaleIntercept, "DS", modality.intercept),
          element(tags.RescaleSlope, "DS", modality.slope),
          element(tags.RescaleType, "LO", "US"),
        ]
      : []),
    ...(shown?.kind === "window"
      ? [
          element(tags.SoftcopyVOILUTSequence, "SQ", [
            [
              element(tags.WindowCenter, "DS", shown.center),
              element(tags.WindowWidth, "DS", shown.width),
              element(tags.VOILUTFunction, "CS", shown.function),
            ],
          ]),
        ]
      : []),
    ...(shown?.kind === "lut"
      ? [element(tags.SoftcopyVOILUTSequence, "SQ", [[element(tags.VOILUTSequence, "SQ", [lutElements(stretched(shown))])]])]
      : []),
    element(tags.PresentationLUTShape, "CS", isInverted ? "INVERSE" : "IDENTITY"),
  ];
}

/** A state's tables have 8 or 16 bits (PS3.3 C.11.8.1): the same brightness as shares of 65535. */
const stretched = ({ firstMapped, bits, data }: Lut): Lut => ({
  firstMapped,
  bits: 16,
  data: data.map((value) => Math.round((65535 * value) / (2 ** bits - 1))),
});

const lutElements = ({ firstMapped, bits, data }: Lut): readonly Element[] => [
  element(tags.LUTDescriptor, firstMapped < 0 ? "SS" : "US", [data.length % 65536, firstMapped, bits]),
  element(tags.LUTData, "OW", Array.from(data)),
];

/** Presentation State Relationship and Displayed Area (PS3.3 C.11.11, C.10.4): the whole of one image. */
function placing(image: ReportedImage, { pixel, spacing }: MammoHeader): Elements {
  const reference = referenceTo(image);
  const [series] = seriesReferences([reference]);
  return [
    element(tags.ReferencedSeriesSequence, "SQ", [
      [series!.find(({ tag }) => tag === tags.SeriesInstanceUID)!, element(tags.ReferencedImageSequence, "SQ", [instanceReference(reference)])],
    ]),
    element(tags.DisplayedAreaSelectionSequence, "SQ", [
      [
        element(tags.DisplayedAreaTopLeftHandCorner, "SL", [1, 1]),
        element(tags.DisplayedAreaBottomRightHandCorner, "SL", [pixel.columns, pixel.rows]),
        element(tags.PresentationSizeMode, "CS", "SCALE TO FIT"),
        spacing ? element(tags.PresentationPixelSpacing, "DS", spacing.mmPerPixel) : element(tags.PresentationPixelAspectRatio, "IS", [1, 1]),
      ],
    ]),
  ];
}

/** Graphic Annotation and Graphic Layer (PS3.3 C.10.5, C.10.7): a box around each finding, its score and probability above it. */
function annotation(image: ReportedImage, findings: readonly ReportedFinding[]): Elements {
  const boxes = findings.map((finding) => ({ finding, ...sourceBox(finding, image) }));
  const outlines = boxes.map(({ top, left, bottom, right }) => [
    element(tags.GraphicAnnotationUnits, "CS", "PIXEL"),
    element(tags.GraphicDimensions, "US", 2),
    element(tags.NumberOfGraphicPoints, "US", 5),
    element(tags.GraphicData, "FL", [left, top, right, top, right, bottom, left, bottom, left, top]),
    element(tags.GraphicType, "CS", "POLYLINE"),
    element(tags.GraphicFilled, "CS", "N"),
  ]);
  const texts = boxes.map(({ finding: { score, probability }, top, left }) => [
    element(tags.AnchorPointAnnotationUnits, "CS", "PIXEL"),
    element(tags.UnformattedTextValue, "ST", `${score} of 10 (${Number((100 * probability).toPrecision(3))} %)`),
    element(tags.AnchorPoint, "FL", [left, top]),
    element(tags.AnchorPointVisibility, "CS", "N"),
  ]);
  return [
    element(tags.GraphicAnnotationSequence, "SQ", [
      [element(tags.GraphicLayer, "CS", layer), element(tags.TextObjectSequence, "SQ", texts), element(tags.GraphicObjectSequence, "SQ", outlines)],
    ]),
    element(tags.GraphicLayerSequence, "SQ", [[element(tags.GraphicLayer, "CS", layer), element(tags.GraphicLayerOrder, "IS", 1)]]),
  ];
}
