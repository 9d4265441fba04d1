/** The four kinds of anomaly that screening looks for, each malignant or benign. */
export const lesionKinds = ["calcification", "mass", "distortion", "asymmetry"] as const;

/** One of `lesionKinds`. */
export type LesionKind = (typeof lesionKinds)[number];
