// npm run landmarks -- --data DIR: breast masks, pectoral muscle and orientation on real pictures, against what people drew and wrote down.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { barLine, makeBar } from "./harnessBar.ts";
import { judgeOrientation } from "./landmarksOrientation.ts";
import { judgeTissue, type TissueFilm } from "./landmarksTissue.ts";

const help = `npm run landmarks -- --data DIR [--verbose]
  --data     the folder with ddsm-tissue, cdd-cesm, nyu-gmic and nyu-classifier
  --verbose  every film, not only the halves`;

/** What a program prints as a number in [0, 1]. */
const digits = (value: number): string => value.toFixed(3).padStart(8);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { data: { type: "string" }, verbose: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
  });
  if (values.help) return void console.log(help);
  if (values.data === undefined) throw new Error("Expected --data DIR, a folder with ddsm-tissue, cdd-cesm, nyu-gmic and nyu-classifier");
  const data = resolve(values.data);
  const films = await judgeTissue(data);
  if (values.verbose) {
    console.log("film       half  breast  muscle by line   conf.  turned");
    for (const { name, half, breast, muscle, muscleByLine, confidence, confidenceUpsideDown } of films)
      console.log(`${name.slice(0, 9)} ${half} ${[breast, muscle, muscleByLine, confidence, confidenceUpsideDown].map(digits).join("")}`);
  }
  console.log("Dice             films    breast           muscle           by the line alone");
  console.log("                          mean   worst     mean   worst     mean   worst");
  for (const [title, of] of [
    ["half tuned on", films.filter(({ half }) => half === 1)],
    ["half held out", films.filter(({ half }) => half === 2)],
    ["all", films],
  ] as const)
    console.log(
      `${title.padEnd(16)}${String(of.length).padStart(6)}${(["breast", "muscle", "muscleByLine"] as const).map((key) => `${digits(mean(of, key))}${digits(worst(of, key))}`).join(" ")}`,
    );
  const sure = (key: "confidence" | "confidenceUpsideDown"): number => films.filter((film) => film[key] >= 0.5).length;
  console.log(
    `muscle with confidence 0.5 and more: ${sure("confidence")} of ${films.length} films, ${sure("confidenceUpsideDown")} of them upside down`,
  );
  const times = films.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  console.log(`finding the muscle takes ${times[times.length >> 1]!.toFixed(1)} ms a view of 1200 x 800 pixels (median)`);
  const oriented = await judgeOrientation(data);
  for (const { name, isRight } of oriented) if (values.verbose || !isRight) console.log(`${isRight ? "right" : "wrong"}  ${name}`);
  console.log(`orientation right in ${oriented.filter(({ isRight }) => isRight).length} of ${oriented.length} CDD-CESM and NYU pictures\n`);

  for (const half of [1, 2] as const) {
    const of = films.filter((film) => film.half === half);
    console.log(barLine(makeBar(`landmarks.breast.half-${half}.mean-dice`, mean(of, "breast"), ">=", 0.97)));
    console.log(barLine(makeBar(`landmarks.muscle.half-${half}.mean-dice`, mean(of, "muscle"), ">=", 0.85)));
  }
  console.log(barLine(makeBar("landmarks.breast.worst-dice", worst(films, "breast"), ">=", 0.9)));
  console.log(barLine(makeBar("landmarks.orientation.right", oriented.filter(({ isRight }) => isRight).length, ">=", oriented.length)));
}

const mean = (films: readonly TissueFilm[], key: "breast" | "muscle" | "muscleByLine"): number =>
  films.reduce((sum, film) => sum + film[key], 0) / films.length;
const worst = (films: readonly TissueFilm[], key: "breast" | "muscle" | "muscleByLine"): number => Math.min(...films.map((film) => film[key]));

try {
  await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
