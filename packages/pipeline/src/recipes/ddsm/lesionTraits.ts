// What DDSM's readers wrote of a mass, asked of the detector while it learns patches: more to learn from each lesion than one bit of pathology.

/** One question: its column, and the word that means yes. */
interface Trait {
  readonly column: "margins" | "shape" | "assessment";
  readonly isSo: (words: readonly string[]) => boolean;
}

const says = (column: Trait["column"], ...wanted: readonly string[]): Trait => ({
  column,
  isSo: (words) => wanted.some((word) => words.includes(word)),
});
const isAtLeast = (category: number): Trait => ({ column: "assessment", isSo: ([word]) => Number(word) >= category });

const questions = {
  "margin circumscribed": says("margins", "CIRCUMSCRIBED"),
  "margin obscured": says("margins", "OBSCURED"),
  "margin ill-defined": says("margins", "ILL_DEFINED"),
  "margin microlobulated": says("margins", "MICROLOBULATED"),
  "margin spiculated": says("margins", "SPICULATED"),
  "shape irregular": says("shape", "IRREGULAR", "ARCHITECTURAL_DISTORTION"),
  "shape round or oval": says("shape", "ROUND", "OVAL"),
  "shape lobulated": says("shape", "LOBULATED"),
  "assessed 4 or 5": isAtLeast(4),
  "assessed 5": isAtLeast(5),
} as const satisfies Readonly<Record<string, Trait>>;

/** The names of the logits that stand behind the five classes in S1. */
export const lesionTraits: readonly string[] = Object.freeze(Object.keys(questions));

/** Empty, "not applicable" and an assessment of 0 ("needs another look") answer nothing. */
const unanswered = new Set(["", "N/A", "0"]);

/** The answers for a lesion, in the order of `lesionTraits`: undefined where its description does not say. */
export function traitsOf(description: Readonly<Record<string, string>> = {}): readonly (0 | 1 | undefined)[] {
  return Object.values<Trait>(questions).map(({ column, isSo }) => {
    const cell = description[column] ?? "";
    return unanswered.has(cell) ? undefined : isSo(cell.split("-")) ? 1 : 0;
  });
}
