/** One small change of a source: where, of which kind, the line before and after, and the whole source with it. */
export interface Change {
  readonly kind: string;
  readonly at: number;
  readonly row: number;
  readonly line: string;
  readonly changed: string;
  readonly source: string;
}

export function changesOf(source: string): Change[];
export function sample<T>(list: readonly T[], seed: number): Generator<T>;
