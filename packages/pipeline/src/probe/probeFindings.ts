import { requireKnownKeys } from "@mammo/mammogram";
import { type AskedTrait, type AskOptions, askDefaults, askOptionNames, askTraits, type UnaskedTrait } from "./askTraits.ts";
import { compareVariants, type VariantChange } from "./compareVariants.ts";
import type { ProbedImage } from "./examineForProbe.ts";

/** What the images of a cohort tell about a net. */
export interface ProbeFindings {
  readonly women: number;
  readonly images: number;
  /** Features of an image. */
  readonly features: number;
  /** How the probe was fitted and judged. */
  readonly settings: Required<AskOptions>;
  readonly asked: readonly AskedTrait[];
  readonly unasked: readonly UnaskedTrait[];
  readonly changes: readonly VariantChange[];
}

/**
 * Both halves of the probe: what a net's features tell of traits that are not disease, and what its scores lose with lead markers and borders.
 *
 * @throws RangeError as `askTraits` and `compareVariants`.
 * @example const { asked, changes } = probeFindings(images, { seed: 1 });
 */
export function probeFindings(images: readonly ProbedImage[], options: AskOptions): ProbeFindings {
  requireKnownKeys("probeFindings", options, askOptionNames);
  return {
    women: new Set(images.map(({ patientId }) => patientId)).size,
    images: images.length,
    features: images[0]?.features.length ?? 0,
    settings: { ...askDefaults, ...options },
    ...askTraits(images, options),
    changes: compareVariants(images, { seed: options.seed, resamples: options.resamples }),
  };
}
