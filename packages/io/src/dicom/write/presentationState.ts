import { type MammoHeader, readMammoHeader } from "../header/mammoHeader.ts";
import type { Lut } from "../intensity/lut.ts";
import { limitsDefaults } from "../limits.ts";
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
  sourceBox,
} from "./reportedExam.ts";

const layer = "FINDINGS";

/**
 * The findings' boxes, each with its score and probability, drawn over the stored images: a Grayscale Softcopy Presentation State (PS3.3 A.33.1) for each image that has findings.
 *
 * A state replaces the image's own look, therefore it repeats its modality and first VOI transformation. One image, one state: the modality transformation belongs to the whole state.
 * The same arguments give the same bytes. Throws what `mammographyCadSr` throws.
 */
export async function presentationStates(
  exam: ReportedExam,
  images: readonly ReportedImage[],
  options: ReportOptions,
): Promise<readonly Uint8Array[]> {
  const placed = findingsOf(exam).map((finding) => ({ finding, image: imageOf(finding, images) }));
  const { elements: context, date, time } = examContext(images, options);
  const states = images.flatMap((image): Elements[] => {
    const findings = placed.filter((one) => one.image === image).map(({ finding }) => finding);
    if (findings.length === 0) return [];
    const header = readMammoHeader(image.file, { anySopClass: true, frame: image.frame ?? 0, limits: { ...limitsDefaults, ...options.limits } });
    return [
      [
        ...context,
        element(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.11.1"),
        element(0x0008_0060, "CS", "PR"),
        element(0x0008_103e, "LO", "Mammography CAD findings"),
        element(0x0020_0011, "IS", 9003),
        element(0x0020_0013, "IS", images.indexOf(image) + 1),
        element(0x0020_0060, "CS", image.standard.laterality),
        element(0x0070_0080, "CS", "CAD_FINDINGS"),
        element(0x0070_0081, "LO", "Findings of a research system. Not a medical device"),
        element(0x0070_0082, "DA", date),
        element(0x0070_0083, "TM", time),
        element(0x0070_0084, "PN", ""),
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
    ...(modality.kind === "lut" ? [element(0x0028_3000, "SQ", [[...lutElements({ ...modality, bits: 16 }), element(0x0028_3004, "LO", "US")]])] : []),
    ...(modality.kind === "rescale" && !isIdentity
      ? [element(0x0028_1052, "DS", modality.intercept), element(0x0028_1053, "DS", modality.slope), element(0x0028_1054, "LO", "US")]
      : []),
    ...(shown?.kind === "window"
      ? [
          element(0x0028_3110, "SQ", [
            [element(0x0028_1050, "DS", shown.center), element(0x0028_1051, "DS", shown.width), element(0x0028_1056, "CS", shown.function)],
          ]),
        ]
      : []),
    ...(shown?.kind === "lut" ? [element(0x0028_3110, "SQ", [[element(0x0028_3010, "SQ", [lutElements(stretched(shown))])]])] : []),
    element(0x2050_0020, "CS", isInverted ? "INVERSE" : "IDENTITY"),
  ];
}

/** A state's tables have 8 or 16 bits (PS3.3 C.11.8.1): the same brightness as shares of 65535. */
const stretched = ({ firstMapped, bits, data }: Lut): Lut => ({
  firstMapped,
  bits: 16,
  data: data.map((value) => Math.round((65535 * value) / (2 ** bits - 1))),
});

const lutElements = ({ firstMapped, bits, data }: Lut): readonly Element[] => [
  element(0x0028_3002, firstMapped < 0 ? "SS" : "US", [data.length % 65536, firstMapped, bits]),
  element(0x0028_3006, "OW", Array.from(data)),
];

/** Presentation State Relationship and Displayed Area (PS3.3 C.11.11, C.10.4): the whole of one image. */
function placing(image: ReportedImage, { pixel, spacing }: MammoHeader): Elements {
  const reference = referenceTo(image);
  const [series] = seriesReferences([reference]);
  return [
    element(0x0008_1115, "SQ", [[series!.find(({ tag }) => tag === 0x0020_000e)!, element(0x0008_1140, "SQ", [instanceReference(reference)])]]),
    element(0x0070_005a, "SQ", [
      [
        element(0x0070_0052, "SL", [1, 1]),
        element(0x0070_0053, "SL", [pixel.columns, pixel.rows]),
        element(0x0070_0100, "CS", "SCALE TO FIT"),
        spacing ? element(0x0070_0101, "DS", spacing.mmPerPixel) : element(0x0070_0102, "IS", [1, 1]),
      ],
    ]),
  ];
}

/** Graphic Annotation and Graphic Layer (PS3.3 C.10.5, C.10.7): a box around each finding, its score and probability above it. */
function annotation(image: ReportedImage, findings: readonly ReportedFinding[]): Elements {
  const boxes = findings.map((finding) => ({ finding, ...sourceBox(finding, image) }));
  const outlines = boxes.map(({ top, left, bottom, right }) => [
    element(0x0070_0005, "CS", "PIXEL"),
    element(0x0070_0020, "US", 2),
    element(0x0070_0021, "US", 5),
    element(0x0070_0022, "FL", [left, top, right, top, right, bottom, left, bottom, left, top]),
    element(0x0070_0023, "CS", "POLYLINE"),
    element(0x0070_0024, "CS", "N"),
  ]);
  const texts = boxes.map(({ finding: { score, probability }, top, left }) => [
    element(0x0070_0004, "CS", "PIXEL"),
    element(0x0070_0006, "ST", `${score} of 10 (${Number((100 * probability).toPrecision(3))} %)`),
    element(0x0070_0014, "FL", [left, top]),
    element(0x0070_0015, "CS", "N"),
  ]);
  return [
    element(0x0070_0001, "SQ", [[element(0x0070_0002, "CS", layer), element(0x0070_0008, "SQ", texts), element(0x0070_0009, "SQ", outlines)]]),
    element(0x0070_0060, "SQ", [[element(0x0070_0002, "CS", layer), element(0x0070_0062, "IS", 1)]]),
  ];
}
