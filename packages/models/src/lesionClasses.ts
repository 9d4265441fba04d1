import { type LesionKind, lesionKinds } from "@mammo/mammogram";

/** RetinaNet's classes by default: the four kinds of lesion, whether malignant or not. */
export const kindClasses: readonly string[] = lesionKinds;

/** The four kinds, each benign and malignant: eight classes. */
export const pathologyClasses: readonly string[] = Object.freeze(lesionKinds.flatMap((kind) => [`${kind}/benign`, `${kind}/malignant`]));

/**
 * The index of a lesion's class among `kindClasses`, `pathologyClasses` or some of them.
 *
 * @throws RangeError where they have none for it.
 */
export function lesionLabel({ kind, malignant }: { readonly kind: LesionKind; readonly malignant: boolean }, classes: readonly string[]): number {
  const names = [kind, `${kind}/${malignant ? "malignant" : "benign"}`];
  const label = classes.findIndex((name) => names.includes(name));
  if (label < 0) throw new RangeError(`Expected a class ${names.join(" or ")}, got the classes ${classes.join(", ")}.`);
  return label;
}
