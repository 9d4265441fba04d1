import type { BetaCalibrator, Calibrator, IsotonicCalibrator, PlattCalibrator, TemperatureCalibrator, VennAbersCalibrator } from "./calibrator.ts";

/**
 * A calibrator from elsewhere, such as JSON, or an error that names what is wrong with it: each kind must be finite and never fall.
 *
 * @throws TypeError for what is no object of a known kind, RangeError for a value that the kind does not have: a negative slope, a temperature of 0, an isotonic
 * curve that is empty or falls.
 * @example const calibrator = parseCalibrator(JSON.parse(await readFile("calibrator.json", "utf8")));
 */
export function parseCalibrator(value: unknown): Calibrator {
  const kind = typeof value === "object" && value !== null ? (value as { kind?: unknown }).kind : undefined;
  if (typeof kind !== "string" || !Object.hasOwn(checks, kind))
    throw new TypeError(`Expected a calibrator of kind ${Object.keys(checks).join(", ")}, got ${JSON.stringify(kind)}`);
  (checks[kind as Calibrator["kind"]] as (calibrator: unknown) => void)(value);
  return value as Calibrator;
}

const checks: { readonly [Kind in Calibrator["kind"]]: (calibrator: Extract<Calibrator, { kind: Kind }>) => void } = {
  platt({ slope, intercept }: PlattCalibrator) {
    need("platt", "slope >= 0", slope, isNumber(slope) && slope >= 0);
    need("platt", "finite intercept", intercept, isNumber(intercept));
  },
  temperature({ temperature }: TemperatureCalibrator) {
    need("temperature", "temperature > 0", temperature, isNumber(temperature) && temperature > 0);
  },
  isotonic({ scores, probabilities }: IsotonicCalibrator) {
    needScores("isotonic", scores);
    needProbabilities("isotonic", { probabilities }, scores);
  },
  beta({ a, b, c }: BetaCalibrator) {
    for (const [name, value] of Object.entries({ a, b })) need("beta", `${name} >= 0`, value, isNumber(value) && value >= 0);
    need("beta", "finite c", c, isNumber(c));
  },
  "venn-abers"({ scores, lower, upper }: VennAbersCalibrator) {
    needScores("venn-abers", scores);
    needProbabilities("venn-abers", { lower, upper }, scores);
    for (const [i, value] of upper.entries()) need("venn-abers", `upper[${i}] not below lower[${i}]`, value, value >= lower[i]!);
  },
};

function needScores(kind: string, scores: readonly number[]): void {
  need(kind, "list of at least one score", scores, Array.isArray(scores) && scores.length > 0);
  for (const [i, score] of scores.entries())
    need(kind, `finite scores[${i}] above the one before`, score, isNumber(score) && (i === 0 || score > scores[i - 1]!));
}

function needProbabilities(kind: string, lists: Readonly<Record<string, readonly number[]>>, scores: readonly number[]): void {
  for (const [name, list] of Object.entries(lists)) {
    need(
      kind,
      `list of ${scores.length} ${name === "probabilities" ? name : `probabilities ${name}`}`,
      list,
      Array.isArray(list) && list.length === scores.length,
    );
    for (const [i, value] of list.entries())
      need(kind, `${name}[${i}] in [0, 1], not below the one before`, value, isNumber(value) && value >= (i === 0 ? 0 : list[i - 1]!) && value <= 1);
  }
}

const isNumber = (value: unknown): value is number => Number.isFinite(value);

function need(kind: string, what: string, got: unknown, met: boolean): void {
  if (!met)
    throw new RangeError(`Expected a calibrator of kind ${kind} with ${what}, got ${Array.isArray(got) ? `${got.length} values` : String(got)}`);
}
