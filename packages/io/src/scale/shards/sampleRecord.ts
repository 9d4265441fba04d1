import type { Sidecar } from "./makeSample.ts";

const headerFields = ["laterality", "view", "rows", "columns", "mmPerPixel", "toSource", "flags", "standardization"] as const;

/** What the manifest says of an image. */
export const recordHeader = (sidecar: Sidecar): SampleRecord["header"] =>
  Object.fromEntries(headerFields.map((field) => [field, sidecar[field]])) as unknown as SampleRecord["header"];

/** Where something lies in a shard's tar file, in bytes. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** One stored image, as its shard's record states it. */
export interface SampleRecord {
  /** Its index in the cohort. */
  readonly image: number;
  /** The name of its members, without extension. */
  readonly key: string;
  readonly sidecar: ByteRange;
  readonly png: ByteRange & { readonly sha256: string };
  readonly sourceBytes: number;
  /** What the manifest says of the image. */
  readonly header: Pick<Sidecar, (typeof headerFields)[number]>;
}
