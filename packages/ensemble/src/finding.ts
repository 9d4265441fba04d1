/** Side of the breast: DICOM (0020,0062) Image Laterality without "U" and "B". */
export type Laterality = "L" | "R";

/** The challenge's 16 view codes, DICOM's abbreviations of CID 4014; ID = implant displaced. */
export type ViewPosition =
  | "AT"
  | "CC"
  | "CCID"
  | "CV"
  | "FB"
  | "LM"
  | "LMO"
  | "ML"
  | "MLID"
  | "MLO"
  | "MLOID"
  | "RL"
  | "RM"
  | "SIO"
  | "XCCL"
  | "XCCM";

/** The four anomalies that screening looks for, each malignant or benign. */
export type LesionKind = "calcification" | "mass" | "distortion" | "asymmetry";

/** Half-open rectangle in pixels of one image: rows [top, bottom), columns [left, right). */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** A suspicious place in one image of an exam. */
export interface Finding {
  readonly laterality: Laterality;
  readonly view: ViewPosition;
  /** The caller's own name of the image, since an exam may hold one view twice. */
  readonly image?: string;
  /** Pixels of whichever image the caller speaks of (standard or source); passed through untouched. */
  readonly box: Box;
  /** Calibrated, in [0, 1]. */
  readonly probability: number;
  readonly kind?: LesionKind;
  /** mm; about the same in CC and MLO for one lesion. Without it the finding is not paired. */
  readonly nippleDistance?: number;
}
