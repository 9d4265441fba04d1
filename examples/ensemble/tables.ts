import type { PeerStudy } from "./studyPeers.ts";
import type { ReaderStudy } from "./studyReaders.ts";

type Rows = readonly (readonly string[])[];
type Estimate = { readonly estimate: number; readonly low: number; readonly high: number };

const digits = (value: number, places = 3): string => value.toFixed(places);
const interval = ({ estimate, low, high }: Estimate): string => `${digits(estimate)} [${digits(low)}, ${digits(high)}]`;

/** The study as titled tables of text. */
export function studyTables(peers: PeerStudy, readers: ReaderStudy): readonly { readonly title: string; readonly rows: Rows }[] {
  const { rows, chosen, published, choice, calibrations, curve } = peers;
  const law = curve.law;
  return [
    {
      title: "Rules: AUROC out of fold on validation, and on test",
      rows: [
        ["rule", "validation", "test", "test, less the published ensemble"],
        ["published ensemble (mean probability of 4)", "", interval(published), ""],
        ...rows.map(({ name, validation, test, difference }) => [
          name === chosen ? `${name} (chosen on validation)` : name,
          digits(validation),
          interval(test),
          `${interval(difference)}, p ${digits(difference.p)}`,
        ]),
      ],
    },
    {
      title: "Calibrators of the chosen rule: held-out loss on validation",
      rows: [
        ["kind", "log loss", "standard error", "Brier"],
        ...choice.table.map(({ name, logLoss, standardError, brier }) => [
          name === choice.name ? `${name} (chosen)` : name,
          ...[logLoss, standardError, brier].map((value) => digits(value, 4)),
        ]),
      ],
    },
    {
      title: "Calibration on test: ECE of 15 bins of equal mass",
      rows: [
        ["probabilities", "ECE", "log loss", "Brier", "slope"],
        ...calibrations.map(({ name, ece, logLoss, brier, slope }) => [
          name,
          ...[ece, logLoss, brier].map((value) => digits(value, 4)),
          digits(slope, 2),
        ]),
      ],
    },
    {
      title: "AUROC on test against the number of members (mean logit; middle 90 % of the draws)",
      rows: [
        ["members", "mean", "5 %", "95 %", "law"],
        ...curve.points.map(({ size, mean, low, high }) => [
          String(size),
          ...[mean, low, high, law ? law.at(size) : Number.NaN].map((value) => digits(value)),
        ]),
        ...(law ? [30, 40, 50].map((size) => [`${size} (forecast)`, "", "", "", digits(law.at(size))]) : []),
      ],
    },
    {
      title: "AUROC on test without each family",
      rows: [
        ["left out", "members left", "AUROC"],
        ["none", String(curve.points.at(-1)!.size), digits(curve.all)],
        ...curve.withoutFamily.map(({ family, members, value }) => [family, String(members), digits(value)]),
      ],
    },
    {
      title: `Reader study: ${readers.readerCount} radiologists, 7 models, ${readers.cases} breasts, ${readers.positives} with cancer; stacks out of fold by case`,
      rows: [
        ["who", "AUROC"],
        ["radiologists, mean", interval(readers.readers)],
        ["models stacked, without a reading", interval(readers.models)],
        ["models and one radiologist's reading stacked, mean", interval(readers.both)],
        ["gain over the radiologists", `${interval(readers.gainOverReaders)}, p ${digits(readers.gainOverReaders.p)}`],
        ["gain over the models", `${interval(readers.gainOverModels)}, p ${digits(readers.gainOverModels.p)}`],
        ["radiologists who gain", `${readers.better} of ${readers.readerCount}`],
      ],
    },
  ];
}
