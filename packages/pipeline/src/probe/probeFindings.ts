import { type AskedTrait, type AskOptions, askTraits, type UnaskedTrait } from "./askTraits.ts";
import { compareLooks, type LookChange } from "./compareLooks.ts";
import type { ProbedImage } from "./examineForProbe.ts";

/** What the images of a cohort tell about a net. */
export interface ProbeFindings {
  readonly women: number;
  readonly images: number;
  /** Features of an image. */
  readonly features: number;
  readonly asked: readonly AskedTrait[];
  readonly unasked: readonly UnaskedTrait[];
  readonly looks: readonly LookChange[];
}

/**
 * Both halves of the probe: what a net's features tell of traits that are not disease, and what its scores lose with marks and borders.
 *
 * @throws RangeError as `askTraits`.
 * @example const { asked, looks } = probeFindings(images, { seed: 1 });
 */
export function probeFindings(images: readonly ProbedImage[], options: AskOptions): ProbeFindings {
  return {
    women: new Set(images.map(({ patientId }) => patientId)).size,
    images: images.length,
    features: images[0]?.features.length ?? 0,
    ...askTraits(images, options),
    looks: compareLooks(images, options),
  };
}
