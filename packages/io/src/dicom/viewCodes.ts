import { viewCodes as positionCodes, type ViewPosition } from "@mammo/mammogram";

/** A coded concept: in SNOMED CT, in the SNOMED RT of older devices, and its meaning as PS3.16 spells it. */
interface SnomedCode {
  readonly sct: string;
  readonly srt: string;
  /** What an edition before called it; PS3.16 asks receivers to know it. */
  readonly retired?: string;
  /** Absent for codes that are read and never written. */
  readonly meaning?: string;
}

/** What an edition before called two of the views. */
const retired: Readonly<Partial<Record<ViewPosition, string>>> = { XCCL: "Y-X1770", XCCM: "Y-X1771" };

/** View for Mammography (CID 4014). Those without a position are not among the 16 of `viewPositions`. Documented. */
export const viewCodes: readonly (SnomedCode & { readonly position: ViewPosition | undefined })[] = [
  ...(Object.keys(positionCodes) as (keyof typeof positionCodes)[]).map((position) => {
    const { code, retiredCode, meaning } = positionCodes[position];
    return { position, sct: code, srt: retiredCode, meaning, ...(position in retired ? { retired: retired[position]! } : {}) };
  }),
  { position: undefined, sct: "441555000", srt: "R-40AAA" }, // Inferomedial to superolateral oblique.
  { position: undefined, sct: "127457009", srt: "G-8310" }, // Specimen.
  { position: undefined, sct: "399265009", srt: "R-102CF" }, // Exaggerated cranio-caudal, to which side is not said.
];

/** View Modifier for Mammography (CID 4015). Documented. */
export const modifierCodes = [
  { name: "axillaryTail", sct: "399011000", srt: "R-102D1", meaning: "Axillary Tail" },
  { name: "cleavage", sct: "399161006", srt: "R-102D2", meaning: "Cleavage" },
  { name: "rolledLateral", sct: "399197002", srt: "R-102D3", meaning: "Rolled Lateral" },
  { name: "rolledMedial", sct: "399226006", srt: "R-102D4", meaning: "Rolled Medial" },
  { name: "rolledInferior", sct: "414493004", srt: "R-102CA", meaning: "Rolled Inferior" },
  { name: "rolledSuperior", sct: "415670009", srt: "R-102C9", meaning: "Rolled Superior" },
  { name: "implantDisplaced", sct: "399209000", srt: "R-102D5", meaning: "Implant Displaced" },
  { name: "magnification", sct: "399163009", srt: "R-102D6", meaning: "Magnification" },
  { name: "spotCompression", sct: "399055006", srt: "R-102D7", meaning: "Spot Compression" },
  { name: "tangential", sct: "399110001", srt: "R-102C2", meaning: "tangential" },
  { name: "nippleInProfile", sct: "442581004", srt: "R-40AB3", meaning: "Nipple in profile" },
  { name: "anteriorCompression", sct: "441752004", srt: "P2-00161", meaning: "Anterior compression" },
  { name: "inframammaryFold", sct: "442593008", srt: "R-40ABE", meaning: "Infra-mammary fold" },
  { name: "axillaryTissue", sct: "442580003", srt: "R-40AB2", meaning: "Axillary tissue" },
] as const satisfies readonly (SnomedCode & { readonly name: string })[];

/** How a view was taken: a modifier of CID 4015, or `other`, one that it does not have. */
export type ViewModifier = (typeof modifierCodes)[number]["name"] | "other";

/** Positions that DICOM writes as a modifier of another view, with the view that they are usually taken in. */
export const modifiedPositions = [
  { position: "AT", view: "MLO", modifier: "axillaryTail" },
  { position: "CV", view: "CC", modifier: "cleavage" },
  { position: "RL", view: "CC", modifier: "rolledLateral" },
  { position: "RM", view: "CC", modifier: "rolledMedial" },
  { position: "CCID", view: "CC", modifier: "implantDisplaced" },
  { position: "MLID", view: "ML", modifier: "implantDisplaced" },
  { position: "MLOID", view: "MLO", modifier: "implantDisplaced" },
] as const satisfies readonly { readonly position: ViewPosition; readonly view: ViewPosition; readonly modifier: ViewModifier }[];

/** The view of the whole breast behind one with the implant displaced; any other position is its own. */
export const wholeView = (position: ViewPosition): ViewPosition =>
  modifiedPositions.find((one) => one.position === position && one.modifier === "implantDisplaced")?.view ?? position;

/** Whether a modifier says no more than the position itself: the axillary tail of AT, a displaced implant anywhere. */
export const isImplied = (modifier: ViewModifier, position: ViewPosition | undefined): boolean =>
  modifier === "implantDisplaced" || modifiedPositions.some((one) => one.modifier === modifier && one.position === position);
