/** A fitted calibrator is data: it goes to JSON and comes back. */
export type Calibrator = PlattCalibrator | TemperatureCalibrator | IsotonicCalibrator;

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
