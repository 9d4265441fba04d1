import type { DeviceSample } from "./driftReport.ts";
import type { Measurement } from "./measure.ts";
import type { SegmentedSource } from "./segmentSource.ts";
import { thumbnail } from "./thumbnail.ts";

/** The first image of each device and view, small, for the drift report: add all images in turn. */
export function deviceSamples(): { readonly samples: readonly DeviceSample[]; add(source: SegmentedSource, measured: Measurement): void } {
  const samples: DeviceSample[] = [];
  return {
    samples,
    add({ image, whole }, { device, view }) {
      if (samples.some((sample) => sample.device === device && sample.view === view)) return;
      samples.push({ device, view, standard: thumbnail(image, 240, 160), stretched: thumbnail(whole, 240, 160) });
    },
  };
}
