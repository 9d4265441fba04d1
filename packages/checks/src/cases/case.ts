/**
 * What came of one case. "right": as its reference. "flagged": something else, and a flag says so. "refused": a typed error where that is a right answer.
 *
 * The other three are faults, the worst first.
 */
export const outcomes = ["right", "flagged", "refused", "silently wrong", "refused though readable", "untyped error"] as const;
export type Outcome = (typeof outcomes)[number];

/** One input with a known right answer. */
export interface Case {
  /** The file or folder below the folder of the cases; of a call without a file, its words. */
  readonly path: string;
  /** Where there is no file: an argument of a public function. */
  readonly isCall?: true;
  /** The right answer, for the printed table. */
  readonly expected: string;
  /** Looks at the input in the folder of the cases. */
  run(folder: string): Promise<{ readonly outcome: Outcome; readonly note?: string }>;
}
