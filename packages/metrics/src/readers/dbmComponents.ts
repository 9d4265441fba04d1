import { rangeError } from "../cases/checkCases.ts";
import type { Mrmc } from "./mrmc.ts";

/** Variance components of Dorfman, Berbaum and Metz's model of jackknife pseudo-values; a negative one is an estimate of a small one. */
export interface DbmComponents {
  readonly reader: number;
  readonly case: number;
  readonly treatmentReader: number;
  readonly treatmentCase: number;
  readonly readerCase: number;
  /** Three-way interaction and error, which cannot be told apart. */
  readonly error: number;
}

/**
 * The components of Dorfman-Berbaum-Metz (1992) from those of Obuchowski-Rockette: with jackknife covariances both are one analysis
 * (Hillis, Obuchowski, Schartz and Berbaum 2005, documented).
 *
 * `cases` is the number of cases (clusters) that the jackknife left out in turn.
 *
 * @throws RangeError unless it is a whole number >= 2.
 * @example dbmComponents(mrmc(labels, ratings, { covariance: "jackknife" }), labels.length).case;
 */
export function dbmComponents({ areas, meanSquares, components }: Pick<Mrmc, "areas" | "meanSquares" | "components">, cases: number): DbmComponents {
  if (!(Number.isInteger(cases) && cases >= 2)) throw rangeError("cases to be a whole number >= 2", cases);
  const { variance, cov1, cov2, cov3 } = components;
  const residual = variance - cov1 - cov2 + cov3;
  return {
    reader: (meanSquares.reader - meanSquares.treatmentByReader) / areas.length - cov1 + cov3,
    case: cases * cov3,
    treatmentReader: meanSquares.treatmentByReader - residual,
    treatmentCase: cases * (cov2 - cov3),
    readerCase: cases * (cov1 - cov3),
    error: cases * residual,
  };
}
