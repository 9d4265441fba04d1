/** How far work has come: what the generators of this package yield. */
export interface Progress {
  /** What is being done, such as "standardize" or the name of a stage. */
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  /** A word more, such as the loss. */
  readonly note?: string;
}
