/** A lesion as pages mark it: by a letter, since numbers are scores; from the 27th on by its number. */
export const lesionLetter = (number: number): string => (number <= lettered ? String.fromCharCode(64 + number) : `No. ${number}`);

/** So many lesions have letters of their own, and are marked in all views together. */
export const lettered = 26;

/** Colors of lesions seen in two views, all far from the orange of the malignancy map and readable on film. */
export const pairColors = ["#ffd84d", "#53d3ff", "#ff86d5", "#8df08a", "#c9b0ff", "#7ff0d8"] as const;

/** Classes of everything that stands for a lesion: the same ones everywhere, so that all are marked together. */
export const lesionClass = ({ number, isPair }: { readonly number: number; readonly isPair: boolean }): string =>
  `lesion l${number}${isPair ? ` p${(number - 1) % pairColors.length}` : ""}`;
