// npm run landmarks -- --data DIR: breast masks, pectoral muscle and orientation on real images, against what people drew and wrote down.
import { resolve } from "node:path";
import { minMax, quantile, sortedNumbers } from "@mammo/mammogram";
import { program } from "@mammo/testing/program";
import { type Threshold, threshold, thresholdLine } from "@mammo/testing/threshold";
import { measureOrientation, type Oriented } from "./landmarks/orientation.ts";
import { measureTissue, type TissueFilm } from "./landmarks/tissue.ts";

const help = `npm run landmarks -- --data DIR [--verbose]
  --data     the folder with ddsm-tissue, cdd-cesm, nyu-gmic and nyu-classifier
  --verbose  every film, not only the halves`;

const options = { data: { type: "string" }, verbose: { type: "boolean", default: false } } as const;

/** A number in [0, 1] as it is printed. */
const digits = (value: number): string => value.toFixed(3).padStart(8);

const mean = (films: readonly TissueFilm[], key: "breast" | "muscle" | "muscleByLine"): number =>
  films.reduce((sum, film) => sum + film[key], 0) / films.length;
const worst = (films: readonly TissueFilm[], key: "breast" | "muscle" | "muscleByLine"): number => minMax(films.map((film) => film[key]))[0];

function printFilms(films: readonly TissueFilm[]): void {
  console.log("film       half  breast  muscle by line   conf.  turned");
  for (const { name, half, breast, muscle, muscleByLine, confidence, confidenceUpsideDown } of films)
    console.log(`${name.slice(0, 9)} ${half} ${[breast, muscle, muscleByLine, confidence, confidenceUpsideDown].map(digits).join("")}`);
}

function printTissue(films: readonly TissueFilm[]): void {
  console.log("Dice             films    breast           muscle           by the line alone");
  console.log("                          mean   worst     mean   worst     mean   worst");
  for (const [title, of] of [
    ["half tuned on", films.filter(({ half }) => half === 1)],
    ["half held out", films.filter(({ half }) => half === 2)],
    ["all", films],
  ] as const) {
    const columns = (["breast", "muscle", "muscleByLine"] as const).map((key) => `${digits(mean(of, key))}${digits(worst(of, key))}`);
    console.log(`${title.padEnd(16)}${String(of.length).padStart(6)}${columns.join(" ")}`);
  }
  const confident = (key: "confidence" | "confidenceUpsideDown"): number => films.filter((film) => film[key] >= 0.5).length;
  console.log(
    `muscle with confidence 0.5 and more: ${confident("confidence")} of ${films.length} films, ${confident("confidenceUpsideDown")} of them upside down`,
  );
  const times = sortedNumbers(films.map(({ milliseconds }) => milliseconds));
  console.log(`finding the muscle takes ${quantile(times, 0.5).toFixed(1)} ms a view of 1200 x 800 pixels (median)`);
}

function thresholds(films: readonly TissueFilm[], oriented: readonly Oriented[]): readonly Threshold[] {
  const halves = ([1, 2] as const).flatMap((half) => {
    const of = films.filter((film) => film.half === half);
    return [
      threshold(`landmarks.breast.half-${half}.mean-dice`, mean(of, "breast"), ">=", 0.97),
      threshold(`landmarks.muscle.half-${half}.mean-dice`, mean(of, "muscle"), ">=", 0.85),
    ];
  });
  return [
    ...halves,
    threshold("landmarks.breast.worst-dice", worst(films, "breast"), ">=", 0.9),
    threshold("landmarks.orientation.right", oriented.filter(({ isRight }) => isRight).length, ">=", oriented.length),
  ];
}

await program({ help, options }, async (values) => {
  if (values.data === undefined) throw new Error("Expected --data DIR, a folder with ddsm-tissue, cdd-cesm, nyu-gmic and nyu-classifier");
  const data = resolve(values.data);
  const films = await measureTissue(data);
  if (values.verbose) printFilms(films);
  printTissue(films);
  const oriented = await measureOrientation(data);
  for (const { name, isRight } of oriented) if (values.verbose || !isRight) console.log(`${isRight ? "right" : "wrong"}  ${name}`);
  console.log(`orientation right in ${oriented.filter(({ isRight }) => isRight).length} of ${oriented.length} CDD-CESM and NYU images\n`);
  for (const one of thresholds(films, oriented)) console.log(thresholdLine(one));
});
