// How far the places of one mass lie apart in its two views, and how often they are paired.
import { type PlacedFinding, startingPairModel } from "@mammo/ensemble";
import { keyedRandom, permutation } from "@mammo/mammogram";
import type { TwoViewMass } from "./filmMasses.ts";
import { learnPairing, measurePairing } from "./measurePairing.ts";
import type { TwoViews } from "./phantomBreasts.ts";

/** Rows of texts, heads first. */
type Rows = readonly (readonly (string | number)[])[];

const digits = (value: number, places = 3) => value.toFixed(places);
const shareOf = (count: number, all: number) => `${count} of ${all} (${((100 * count) / all).toFixed(1)} %)`;

/** What the films say, as tables by their titles. */
export function measureFilms(masses: readonly TwoViewMass[], { seed }: { readonly seed: number }): Readonly<Record<string, Rows>> {
  const trusted = masses.filter(({ cc, mlo }) => cc.trusted && mlo.trusted);
  const aligned = trusted.filter(({ cc, mlo }) => Math.abs(cc.pnlLength - mlo.pnlLength) <= 10);
  const apart = (of: readonly TwoViewMass[], name: "fromNipple" | "depth") =>
    Float64Array.from(of, ({ cc, mlo }) => Math.abs(cc[name] - mlo[name])).sort();
  const row = (what: string, values: Float64Array) => [
    what,
    values.length,
    ...[0.5, 0.75, 0.9].map((p) => digits(values[Math.min(values.length - 1, Math.floor(p * values.length))]!, 1)),
    ...[10, 15, 20].map((mm) => digits(values.filter((value) => value <= mm).length / values.length)),
  ];
  const heads = ["mm apart in CC and MLO", "masses", "median", "75 %", "90 %", "<= 10 mm", "<= 15 mm", "<= 20 mm"];
  const groups = [["all", masses], ["landmarks trusted", trusted], ["... and posterior nipple lines within 10 mm", aligned]] as const; // biome-ignore format: one row
  const distances = groups.flatMap(([name, of]) => [
    row(`from the nipple: ${name}`, apart(of, "fromNipple")),
    row(`depth: ${name}`, apart(of, "depth")),
  ]);

  const breasts = withDistractors(trusted, seed);
  const halves = [0, 1].map((half) => breasts.filter(({ patientId }) => keyedRandom(seed, "half", patientId).whole(0, 1) === half));
  const fitted = halves.map((judged, half) => measurePairing(judged, learnPairing(halves[1 - half]!), Infinity));
  const starting = halves.map((judged) => measurePairing(judged, startingPairModel, Infinity));
  const gated = halves.map((judged, half) => measurePairing(judged, learnPairing(halves[1 - half]!)));
  const paired = (what: string, of: typeof fitted) => {
    const sum = (name: "truePairs" | "found" | "right" | "refused") => of.reduce((all, one) => all + one[name], 0);
    const [precision, recall] = [sum("right") / sum("found"), sum("right") / sum("truePairs")];
    return [
      what,
      shareOf(sum("right"), sum("truePairs")),
      digits(precision),
      digits((2 * precision * recall) / (precision + recall)),
      shareOf(sum("refused"), breasts.length),
    ];
  };
  return {
    "How far apart": [heads, ...distances],
    "How often paired": [
      ["costs", "true pairs found", "precision", "F1", "breasts refused"],
      paired("fitted on the other half", fitted),
      paired("to start with", starting),
      paired("fitted, posterior nipple lines within 10 mm", gated),
    ],
    Landmarks: [
      ["", "masses in both views"],
      ["trusted in both", shareOf(trusted.length, masses.length)],
      ["... and posterior nipple lines within 10 mm", shareOf(aligned.length, masses.length)],
    ],
  };
}

/** Each breast's masses, and in each view one mass of another woman's breast of that side: a finding that has no partner there. */
function withDistractors(masses: readonly TwoViewMass[], seed: number): readonly (TwoViews & { readonly patientId: string })[] {
  const finding = (place: TwoViewMass["cc"]): PlacedFinding => ({ place, probability: 0.5, kind: "mass" });
  return (["L", "R"] as const).flatMap((side) => {
    const own = masses.filter(({ laterality }) => laterality === side);
    const women = [...new Set(own.map(({ patientId }) => patientId))];
    const [forCc, forMlo] = ["cc", "mlo"].map((view) => permutation(women.length, seed, "distractor", side, view)) as [Int32Array, Int32Array];
    return women.map((patientId, at) => {
      const of = (index: number) => own.filter((mass) => mass.patientId === women[index])[0]!;
      const here = own.filter((mass) => mass.patientId === patientId);
      const strangers = { cc: of(forCc[at]!), mlo: of(forMlo[at]!) };
      return {
        patientId,
        cc: [
          ...here.map(({ cc }, lesion) => ({ lesion, finding: finding(cc) })),
          ...(forCc[at] === at ? [] : [{ lesion: -1, finding: finding(strangers.cc.cc) }]),
        ],
        mlo: [
          ...here.map(({ mlo }, lesion) => ({ lesion, finding: finding(mlo) })),
          ...(forMlo[at] === at ? [] : [{ lesion: -2, finding: finding(strangers.mlo.mlo) }]),
        ],
      };
    });
  });
}
