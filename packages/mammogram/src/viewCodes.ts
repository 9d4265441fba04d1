import type { ViewPosition } from "./view.ts";

/** How a view is coded in DICOM. */
export interface ViewCode {
  /** SNOMED CT (coding scheme SCT). */
  readonly code: string;
  /** The retired SNOMED RT code (SRT) that older devices write. */
  readonly retiredCode: string;
  readonly meaning: string;
}

/** View for Mammography (PS3.16 CID 4014), of those among the 16 view positions that have a code of their own; the others are one of these with a modifier. Documented. */
export const viewCodes = {
  CC: { code: "399162004", retiredCode: "R-10242", meaning: "cranio-caudal" },
  FB: { code: "399196006", retiredCode: "R-10244", meaning: "caudo-cranial" },
  LM: { code: "399352003", retiredCode: "R-10228", meaning: "latero-medial" },
  LMO: { code: "399099002", retiredCode: "R-10230", meaning: "latero-medial oblique" },
  ML: { code: "399260004", retiredCode: "R-10224", meaning: "medial-lateral" },
  MLO: { code: "399368009", retiredCode: "R-10226", meaning: "medio-lateral oblique" },
  SIO: { code: "399188001", retiredCode: "R-102D0", meaning: "superolateral to inferomedial oblique" },
  XCCL: { code: "399192008", retiredCode: "R-1024A", meaning: "cranio-caudal exaggerated laterally" },
  XCCM: { code: "399101009", retiredCode: "R-1024B", meaning: "cranio-caudal exaggerated medially" },
} as const satisfies Partial<Readonly<Record<ViewPosition, ViewCode>>>;
