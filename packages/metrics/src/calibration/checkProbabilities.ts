import { checkCases, type Numbers, rangeError } from "../cases/checkCases.ts";

/** As `checkCases`, and each probability lies in [0, 1]. */
export function checkProbabilities(labels: Numbers, probabilities: Numbers, weights?: Numbers): void {
  checkCases(labels, probabilities, weights, "probabilities");
  for (let i = 0; i < probabilities.length; i++)
    if (!(probabilities[i]! >= 0 && probabilities[i]! <= 1)) throw rangeError(`probabilities[${i}] in [0, 1]`, probabilities[i]);
}
