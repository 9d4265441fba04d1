/** A fitted calibrator is data: it goes to JSON and comes back. */
export type Calibrator = PlattCalibrator | TemperatureCalibrator | IsotonicCalibrator | BetaCalibrator | VennAbersCalibrator;

/** probability = sigmoid(slope * score + intercept). */
export interface PlattCalibrator {
  readonly kind: "platt";
  /** >= 0 */
  readonly slope: number;
  readonly intercept: number;
}

/** probability = sigmoid(logit / temperature). */
export interface TemperatureCalibrator {
  readonly kind: "temperature";
  /** > 0; above 1 the model was too sure of itself. */
  readonly temperature: number;
}

/** Linear between the knots, level outside them. */
export interface IsotonicCalibrator {
  readonly kind: "isotonic";
  /** Strictly rising. */
  readonly scores: readonly number[];
  /** One for each score, in [0, 1], never falling. */
  readonly probabilities: readonly number[];
}

/** logit of the probability = a · ln s - b · ln(1 - s) + c, where s = sigmoid(score). */
export interface BetaCalibrator {
  readonly kind: "beta";
  /** >= 0, as `b`: 1 and 1 with c = 0 change nothing. */
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Two curves of steps, of the probability if the new case is healthy and if it is ill; one probability lies between them. */
export interface VennAbersCalibrator {
  readonly kind: "venn-abers";
  /** Strictly rising. */
  readonly scores: readonly number[];
  /** At each score and up to the next, in [0, 1], never falling; 0 below the first. */
  readonly lower: readonly number[];
  /** At each score and down to the one before, not below `lower`; 1 above the last. */
  readonly upper: readonly number[];
}
