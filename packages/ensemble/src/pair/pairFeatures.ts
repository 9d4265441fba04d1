import type { LesionKind } from "@mammo/mammogram";
import { logit } from "../logit.ts";
import type { PlaceInBreast } from "../place/placeInBreast.ts";

/** A finding with what tells it from the others of its breast. */
export interface PlacedFinding {
  readonly place: PlaceInBreast;
  /** In [0, 1]. */
  readonly probability: number;
  readonly kind?: LesionKind;
  /** What a net sees in it, as a vector; all of one length. */
  readonly embedding?: ArrayLike<number>;
}

/** In what two findings differ, 0 where they do not. */
export const pairFeatureNames = ["fromNipple", "depth", "size", "kind", "score", "embedding"] as const;

/** One difference for each name. */
export type PairFeatures = Readonly<Record<(typeof pairFeatureNames)[number], number>>;

/** Differences in mm count by this, squared: one unit is a difference of 10 mm. */
const unitMm = 10;

/**
 * How two findings differ: distance to the nipple and depth in (10 mm)², |ln(size / size)|, 1 for another kind (0.5 where a kind is unknown), |difference of logits|,
 * 1 - cosine of the embeddings (0 where one has none).
 *
 * Source: ours; the terms are those of the literature on two-view matching (van Engeland and Karssemeijer 2001; Highnam et al. 1998).
 *
 * @throws RangeError for places that are not finite, sizes <= 0, probabilities outside [0, 1], embeddings of different lengths or without length.
 */
export function pairFeatures(a: PlacedFinding, b: PlacedFinding): PairFeatures {
  for (const { place } of [a, b]) {
    if (![place.fromNipple, place.depth].every(Number.isFinite))
      throw new RangeError(`Expected finite fromNipple and depth, got ${place.fromNipple} and ${place.depth}`);
    if (!(place.size > 0 && place.size < Infinity)) throw new RangeError(`Expected size > 0, got ${place.size}`);
  }
  return {
    fromNipple: ((a.place.fromNipple - b.place.fromNipple) / unitMm) ** 2,
    depth: ((a.place.depth - b.place.depth) / unitMm) ** 2,
    size: Math.abs(Math.log(a.place.size / b.place.size)),
    kind: a.kind === undefined || b.kind === undefined ? 0.5 : Number(a.kind !== b.kind),
    score: Math.abs(logit(a.probability) - logit(b.probability)),
    embedding: a.embedding && b.embedding ? 1 - cosine(a.embedding, b.embedding) : 0,
  };
}

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new RangeError(`Expected embeddings of one length, got ${a.length} and ${b.length}`);
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  const length = Math.sqrt(aa) * Math.sqrt(bb);
  if (!(length > 0 && length < Infinity)) throw new RangeError(`Expected embeddings of finite length above 0, got ${length}`);
  return Math.min(1, Math.max(-1, dot / length));
}
