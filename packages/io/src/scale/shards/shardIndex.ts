import type { SampleRecord } from "./sampleRecord.ts";

/** The offset index as wds2idx of NVIDIA DALI writes it: for each sample extension, offset, size and name of its members. */
export function indexOf(samples: readonly SampleRecord[]): string {
  const line = ({ key, sidecar, png }: SampleRecord): string =>
    `json ${sidecar.offset} ${sidecar.length} ${key}.json png ${png.offset} ${png.length} ${key}.png\n`;
  return `v1.2 ${samples.length}\n${samples.map(line).join("")}`;
}
