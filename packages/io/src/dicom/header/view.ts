import type { DataSet } from "../parse/readDataSet.ts";
import { code, items, text } from "../parse/values.ts";

export type Laterality = "L" | "R";

/** The 16 view codes of the DREAM challenge; ID stands for implant displaced. */
export const viewPositions = ["AT", "CC", "CCID", "CV", "FB", "LM", "LMO", "ML", "MLID", "MLO", "MLOID", "RL", "RM", "SIO", "XCCL", "XCCM"] as const;
export type ViewPosition = (typeof viewPositions)[number];

export const isViewPosition = (value: string): value is ViewPosition => (viewPositions as readonly string[]).includes(value);

/** View codes of CID 4014, SNOMED CT and the SNOMED RT ones that older devices write; undefined for views that the challenge has not. */
const views: ReadonlyMap<string, ViewPosition | undefined> = new Map([
  ["399260004", "ML"],
  ["R-10224", "ML"],
  ["399368009", "MLO"],
  ["R-10226", "MLO"],
  ["399352003", "LM"],
  ["R-10228", "LM"],
  ["399099002", "LMO"],
  ["R-10230", "LMO"],
  ["399162004", "CC"],
  ["R-10242", "CC"],
  ["399196006", "FB"],
  ["R-10244", "FB"],
  ["399188001", "SIO"],
  ["R-102D0", "SIO"],
  ["399192008", "XCCL"],
  ["R-1024A", "XCCL"],
  ["399101009", "XCCM"],
  ["R-1024B", "XCCM"],
  ["441555000", undefined], // Inferomedial to superolateral oblique.
  ["R-40AAA", undefined],
  ["127457009", undefined], // Specimen.
  ["G-8310", undefined],
]);

export type ViewModifier =
  | "axillaryTail"
  | "cleavage"
  | "rolledLateral"
  | "rolledMedial"
  | "rolledInferior"
  | "rolledSuperior"
  | "implantDisplaced"
  | "magnification"
  | "spotCompression"
  | "tangential"
  | "nippleInProfile"
  | "anteriorCompression"
  | "inframammaryFold"
  | "axillaryTissue"
  /** One that CID 4015 does not have. */
  | "other";

/** View modifier codes of CID 4015. */
const modifiers: ReadonlyMap<string, ViewModifier> = new Map([
  ["399011000", "axillaryTail"],
  ["R-102D1", "axillaryTail"],
  ["399161006", "cleavage"],
  ["R-102D2", "cleavage"],
  ["399197002", "rolledLateral"],
  ["R-102D3", "rolledLateral"],
  ["399226006", "rolledMedial"],
  ["R-102D4", "rolledMedial"],
  ["414493004", "rolledInferior"],
  ["R-102CA", "rolledInferior"],
  ["415670009", "rolledSuperior"],
  ["R-102C9", "rolledSuperior"],
  ["399209000", "implantDisplaced"],
  ["R-102D5", "implantDisplaced"],
  ["399163009", "magnification"],
  ["R-102D6", "magnification"],
  ["399055006", "spotCompression"],
  ["R-102D7", "spotCompression"],
  ["399110001", "tangential"],
  ["R-102C2", "tangential"],
  ["442581004", "nippleInProfile"],
  ["R-40AB3", "nippleInProfile"],
  ["441752004", "anteriorCompression"],
  ["P2-00161", "anteriorCompression"],
  ["442593008", "inframammaryFold"],
  ["R-40ABE", "inframammaryFold"],
  ["442580003", "axillaryTissue"],
  ["R-40AB2", "axillaryTissue"],
]);

const displaced: Partial<Record<ViewPosition, ViewPosition>> = { CC: "CCID", ML: "MLID", MLO: "MLOID" };

/** Modifiers that make a view another of the challenge's. */
export const positionOf: Partial<Record<ViewModifier, ViewPosition>> = {
  axillaryTail: "AT",
  cleavage: "CV",
  rolledLateral: "RL",
  rolledMedial: "RM",
};

export interface View {
  /** The challenge's code; undefined where the file names no view that it has. */
  readonly position: ViewPosition | undefined;
  readonly modifiers: readonly ViewModifier[];
  /** CC or MLO of the whole breast, without modifiers: what screening models are trained on. */
  readonly isStandardScreening: boolean;
}

/**
 * The view from its code sequence (0054,0220) with modifiers (0054,0222), else from View Position (0018,5101).
 *
 * Documented: PS3.16 CID 4014 and 4015. A modifier that is not known is `other`, and keeps a view from being a standard one too.
 */
export function readView(dataSet: DataSet): View {
  const [coded] = items(dataSet, 0x00540220);
  const modified = coded ? items(coded, 0x00540222) : [];
  const found = modified.map((item) => modifiers.get(text(item, 0x00080100) ?? "") ?? "other");
  const value = (coded && text(coded, 0x00080100)) ?? "";
  const string = code(dataSet, 0x00185101)?.replace(/[ _]/g, "") ?? "";
  const base = views.has(value) ? views.get(value) : isViewPosition(string) ? string : undefined;
  const special = found.map((modifier) => positionOf[modifier]).find((position) => position !== undefined);
  const position = special ?? (base && found.includes("implantDisplaced") ? (displaced[base] ?? base) : base);
  return { position, modifiers: found, isStandardScreening: (position === "CC" || position === "MLO") && modified.length === 0 };
}
