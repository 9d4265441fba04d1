import { minMax, type ViewPosition } from "@mammo/mammogram";
import type { Finding } from "./finding.ts";
import { type MatchOptions, matchViews, type PairRefusal } from "./pair/matchViews.ts";
import { describePlace, type PlaceWords } from "./place/describePlace.ts";
import type { PlaceInBreast } from "./place/placeInBreast.ts";

/** One lesion, seen in one image or in both projections of its breast. */
export interface Lesion<F extends Finding = Finding> {
  /** Calibrated, in [0, 1]: that of its highest finding. */
  readonly probability: number;
  /** One, or the CC and the MLO finding in this order. */
  readonly findings: readonly F[];
  /** That the two findings are one lesion, in [0, 1]; absent for one finding. Calibrated as far as the pair model is. */
  readonly pairProbability?: number;
  /** Absent where the landmarks are not trusted. */
  readonly place?: PlaceWords;
}

/** The lesions of one breast. */
export interface BreastLesions<F extends Finding = Finding> {
  /** By falling probability. */
  readonly lesions: readonly Lesion<F>[];
  /** Why its CC and MLO findings were not compared; absent where they were, and where there are none to compare. */
  readonly pairingRefused?: PairRefusal;
}

// Other projections follow other geometry: their findings stay alone.
const craniocaudal: ReadonlySet<ViewPosition> = new Set(["CC", "CCID"]);
const oblique: ReadonlySet<ViewPosition> = new Set(["MLO", "MLOID"]);

type Placed<F> = F & { readonly place: PlaceInBreast };

/**
 * The findings of one breast as lesions: CC and MLO findings that `matchViews` takes for one lesion, and all others alone. No finding is lost and none is used twice.
 *
 * Where a breast has several images of one projection, those with trusted landmarks are paired and the others stay alone.
 *
 * @throws RangeError as `matchViews`.
 */
export function lesionsOf<F extends Finding>(findings: readonly F[], pairing: MatchOptions = {}): BreastLesions<F> {
  const [above, aside] = [craniocaudal, oblique].map((views) => trustedOf(findings.filter((one): one is Placed<F> => isPlaced(one, views)))) as [
    Placed<F>[],
    Placed<F>[],
  ];
  const { pairs, refused } = matchViews(above, aside, pairing);
  const paired = new Set<F>(pairs.flatMap(({ a, b }) => [above[a]!, aside[b]!]));
  const lesions = [
    ...pairs.map(({ a, b, probability }): Lesion<F> => lesionOf([above[a]!, aside[b]!], probability)),
    ...findings.filter((finding) => !paired.has(finding)).map((finding) => lesionOf([finding])),
  ];
  return {
    lesions: lesions.sort((a, b) => b.probability - a.probability),
    ...(refused !== undefined && above.length > 0 && aside.length > 0 ? { pairingRefused: refused } : {}),
  };
}

const isPlaced = (finding: Finding, views: ReadonlySet<ViewPosition>): boolean => finding.place !== undefined && views.has(finding.view);

function trustedOf<F extends Finding>(findings: readonly Placed<F>[]): readonly Placed<F>[] {
  const trusted = findings.filter(({ place }) => place.trusted);
  return trusted.length > 0 ? trusted : findings;
}

function lesionOf<F extends Finding>(findings: readonly F[], pairProbability?: number): Lesion<F> {
  const places = findings.flatMap(({ place }) => place ?? []);
  const place = places.length > 0 ? describePlace(places) : undefined;
  return {
    probability: minMax(findings.map(({ probability }) => probability))[1],
    findings,
    ...(pairProbability === undefined ? {} : { pairProbability }),
    ...(place === undefined ? {} : { place }),
  };
}
