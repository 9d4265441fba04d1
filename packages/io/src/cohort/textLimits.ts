import { CohortError } from "./cohortError.ts";

/** Bytes of a cohort's texts, some ten times those of the largest that are known; before a text is in memory. */
export const textLimits = {
  table: 2 ** 28,
  /** DDSM: a case in some twenty lines. */
  ics: 2 ** 18,
  /** DDSM: outlines of a film, a code of two letters a pixel. */
  overlay: 2 ** 22,
  /** INbreast: outlines of a film as an XML property list. */
  outlines: 2 ** 24,
  /** mini-MIAS: Info.txt, 330 lines and prose. */
  info: 2 ** 20,
} as const;

/**
 * A text is never longer than its bytes: the same limits for who has read it elsewhere.
 *
 * @throws CohortError `invalid-value`.
 */
export function requireShort(text: string, { kind, file }: { readonly kind: keyof typeof textLimits; readonly file: string }): void {
  if (text.length > textLimits[kind]) throw new CohortError("invalid-value", `${file}: expected at most ${textLimits[kind]} letters`);
}
