/** What a result came from: it is reproduced with these, and not without. */
export interface Provenance {
  readonly versions: Readonly<Record<string, string>>;
  readonly node: string;
  readonly backend: string;
  readonly seed: number;
  /** SHA-256 of what went in, by name. */
  readonly inputs: Readonly<Record<string, string>>;
}
