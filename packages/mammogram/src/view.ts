/** Side of the breast: DICOM Image Laterality (0020,0062) without "U" and "B". */
export type Laterality = "L" | "R";

/** The 16 view codes of the DREAM challenge, DICOM's abbreviations of CID 4014; ID stands for implant displaced. */
export const viewPositions = ["AT", "CC", "CCID", "CV", "FB", "LM", "LMO", "ML", "MLID", "MLO", "MLOID", "RL", "RM", "SIO", "XCCL", "XCCM"] as const;

/** One of `viewPositions`. */
export type ViewPosition = (typeof viewPositions)[number];

/** Is the text one of the 16 codes? */
export const isViewPosition = (text: string): text is ViewPosition => (viewPositions as readonly string[]).includes(text);
