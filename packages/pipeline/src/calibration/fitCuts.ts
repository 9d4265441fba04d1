import { fitRiskScale, fitScale, type ScoreScale } from "@mammo/ensemble";

/** How the 1-10 scale is cut. */
export interface CutOptions {
  /** Cuts at deciles of the women, or anchored on risk (`fitRiskScale`). Default "deciles". */
  readonly scale?: "deciles" | "risk";
  /** For the risk scale: the share of cancers where scores will be used; default that of the women here. */
  readonly prevalence?: number;
  /** Of what the probabilities came from. */
  readonly sha256: string;
}

/**
 * Probabilities of women's highest breasts and whether each has a cancer -> the scale, named after `of`, such as "the calibration women".
 *
 * @throws RangeError as `fitScale` and `fitRiskScale`.
 */
export function fitCuts(
  of: string,
  { probabilities, labels }: { readonly probabilities: readonly number[]; readonly labels: readonly number[] },
  { scale = "deciles", prevalence, sha256 }: CutOptions,
): ScoreScale {
  if (scale === "deciles") return fitScale(`deciles of ${of}`, probabilities, { sha256 });
  return fitRiskScale(`anchored on the risk of ${of}`, probabilities, labels, { sha256, ...(prevalence === undefined ? {} : { prevalence }) });
}
