import { boxFromSource } from "@mammo/mammogram";
import type { BasicType } from "hyparquet-writer";
import type { CohortImage } from "../../cohort/cohort.ts";
import type { SampleRecord } from "./sampleRecord.ts";
import type { ShardFailure } from "./shardRecord.ts";

/** A column of a manifest: its name and type in Parquet and where its value comes from. Null where nothing is known. */
export interface Column<Row> {
  readonly name: string;
  readonly type: BasicType;
  readonly of: (row: Row) => string | number | bigint | null;
}

/** A row of the manifest. */
export interface StoredImage {
  readonly image: CohortImage;
  readonly sample: SampleRecord;
  readonly shard: string;
}

/** A row of the failures. */
export interface FailedImage {
  readonly image: CohortImage;
  readonly failure: ShardFailure;
}

/** The table of stored images. */
export const manifestName = "manifest.parquet";
/** The table of images that are not in the shards. */
export const failuresName = "failures.parquet";

/** One row an image, in the cohort's order; `woman` is its `patientId`: the columns' names are the format's. Labels stand here and not in the shards: they can be corrected without touching pixels, and a shard says nothing of a woman. */
export const manifestColumns: readonly Column<StoredImage>[] = [
  { name: "image", type: "INT32", of: ({ sample }) => sample.image },
  { name: "id", type: "STRING", of: ({ image }) => image.id },
  { name: "woman", type: "STRING", of: ({ image }) => image.patientId },
  { name: "exam", type: "STRING", of: ({ image }) => image.exam },
  { name: "laterality", type: "STRING", of: ({ sample }) => sample.header.laterality },
  { name: "view", type: "STRING", of: ({ sample }) => sample.header.view },
  { name: "cancer", type: "INT32", of: ({ image }) => image.cancer ?? null },
  { name: "lesions", type: "STRING", of: lesionsOf },
  { name: "shard", type: "STRING", of: ({ shard }) => shard },
  { name: "key", type: "STRING", of: ({ sample }) => sample.key },
  { name: "offset", type: "INT64", of: ({ sample }) => BigInt(sample.png.offset) },
  { name: "length", type: "INT64", of: ({ sample }) => BigInt(sample.png.length) },
  { name: "sha256", type: "STRING", of: ({ sample }) => sample.png.sha256 },
  { name: "sidecar_offset", type: "INT64", of: ({ sample }) => BigInt(sample.sidecar.offset) },
  { name: "sidecar_length", type: "INT64", of: ({ sample }) => BigInt(sample.sidecar.length) },
  { name: "rows", type: "INT32", of: ({ sample }) => sample.header.rows },
  { name: "columns", type: "INT32", of: ({ sample }) => sample.header.columns },
  { name: "mm_per_pixel", type: "DOUBLE", of: ({ sample }) => sample.header.mmPerPixel },
  { name: "flags", type: "STRING", of: ({ sample }) => sample.header.flags.join(" ") },
  { name: "source_sha256", type: "STRING", of: ({ image }) => image.sha256 },
  { name: "source_bytes", type: "INT64", of: ({ sample }) => BigInt(sample.sourceBytes) },
  { name: "standardization", type: "STRING", of: ({ sample }) => sample.header.standardization },
];

/** One row for each image that is not in the shards. */
export const failureColumns: readonly Column<FailedImage>[] = [
  { name: "image", type: "INT32", of: ({ failure }) => failure.image },
  { name: "id", type: "STRING", of: ({ image }) => image.id },
  { name: "source_sha256", type: "STRING", of: ({ image }) => image.sha256 },
  { name: "code", type: "STRING", of: ({ failure }) => failure.code },
  { name: "message", type: "STRING", of: ({ failure }) => failure.message },
];

/** JSON of kind, malignant and the box in pixels of the stored image; null where the cohort marks no lesions. */
function lesionsOf({ image, sample }: StoredImage): string | null {
  if (image.lesions === undefined) return null;
  return JSON.stringify(image.lesions.map(({ kind, malignant, box }) => ({ kind, malignant, box: boxFromSource(box, sample.header) })));
}
