/**
 * Moves a calibrated probability from one prevalence to another: training is enriched, screening is not.
 *
 * logit p' = logit p + logit(to) - logit(from). probability in [0, 1]; from, to in (0, 1). It assumes that cancers look alike in
 * both populations, and healthy breasts too; 0 and 1 stay what they are.
 *
 * Source: re-implementation of the prior shift by Bayes' rule (Saerens, Latinne and Decaestecker 2002, eq. 2.4).
 *
 * @throws RangeError outside these ranges.
 * @example shiftPrevalence(0.5, { from: 0.5, to: 0.0035 }); // 0.0035
 */
export function shiftPrevalence(probability: number, prevalence: { readonly from: number; readonly to: number }): number {
  const { from, to } = prevalence;
  for (const [name, value] of Object.entries({ from, to }))
    if (!(value > 0 && value < 1)) throw new RangeError(`Expected prevalence.${name} in (0, 1), got ${value}`);
  if (!(probability >= 0 && probability <= 1)) throw new RangeError(`Expected a probability in [0, 1], got ${probability}`);
  // Said in odds instead of logits, so that nothing is infinite at 0 and 1.
  const factor = (to * (1 - from)) / ((1 - to) * from);
  return (probability * factor) / (probability * factor + (1 - probability));
}
