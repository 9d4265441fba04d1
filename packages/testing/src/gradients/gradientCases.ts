import { arrayCases } from "./arrayCases.ts";
import { convolutionCases } from "./convolutionCases.ts";
import { elementwiseCases } from "./elementwiseCases.ts";
import type { GradientCase } from "./gradientCase.ts";
import { normalizationCases } from "./normalizationCases.ts";
import { resizeCases } from "./resizeCases.ts";

/** The operations that our graphs, losses and optimizers use, and similar ones that stock TensorFlow.js gets wrong, over the shapes that matter. */
export const gradientCases: readonly GradientCase[] = [
  ...convolutionCases,
  ...normalizationCases,
  ...resizeCases,
  ...elementwiseCases,
  ...arrayCases,
];
