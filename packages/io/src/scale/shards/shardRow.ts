import { isViewPosition, type Laterality, type ViewPosition } from "@mammo/mammogram";
import { limitsDefaults } from "../../dicom/limits.ts";
import type { ParquetRow } from "../threads/parquetRows.ts";
import type { ByteRange } from "./sampleRecord.ts";
import { ShardError } from "./shardError.ts";

/** One stored image: what it is, and where. */
export interface ShardImage {
  /** Its index in the cohort. */
  readonly image: number;
  readonly id: string;
  readonly patientId: string;
  readonly exam: string;
  readonly laterality: Laterality;
  readonly view: ViewPosition;
  readonly cancer?: 0 | 1;
  readonly rows: number;
  readonly columns: number;
  readonly shard: string;
  readonly png: ByteRange & { readonly sha256: string };
  readonly sidecar: ByteRange;
  readonly sourceSha256: string;
}

/** A sidecar is a page of JSON. */
const sidecarBytes = 2 ** 20;

/**
 * A row of the manifest, checked column by column: whoever wrote it, it leads to a place in a shard of this folder, and to no more bytes than its image can have.
 *
 * @throws ShardError `corrupt-shard`, which names the row and the column.
 */
export function shardImageOf(row: ParquetRow, index: number): ShardImage {
  const refuse = (column: string): never => {
    throw new ShardError("corrupt-shard", `Expected ${column} in row ${index + 1} of the manifest to be as shards are written`);
  };
  const number = (column: string, least: number, greatest: number): number => {
    const written = row[column];
    const value = typeof written === "number" || typeof written === "bigint" ? Number(written) : Number.NaN;
    return Number.isSafeInteger(value) && value >= least && value <= greatest ? value : refuse(column);
  };
  const text = (column: string, isGood: (text: string) => boolean = () => true): string => {
    const value = row[column];
    return typeof value === "string" && isGood(value) ? value : refuse(column);
  };
  const isHash = (value: string): boolean => /^[0-9a-f]{64}$/.test(value);
  const [rows, columns] = [number("rows", 1, 65535), number("columns", 1, 65535)];
  if (rows * columns > limitsDefaults.framePixels) refuse("rows");
  const most = Number.MAX_SAFE_INTEGER;
  // Deflate makes nothing longer by more than a thousandth and a few bytes.
  const pngBytes = Math.ceil(1.01 * rows * (1 + 2 * columns)) + 1024;
  return {
    image: number("image", 0, most),
    id: text("id"),
    patientId: text("woman"),
    exam: text("exam"),
    laterality: text("laterality", (value) => value === "L" || value === "R") as Laterality,
    view: text("view", isViewPosition) as ViewPosition,
    ...(row["cancer"] === null || row["cancer"] === undefined ? {} : { cancer: number("cancer", 0, 1) as 0 | 1 }),
    rows,
    columns,
    shard: text("shard", (value) => /^shard-\d{6}\.tar$/.test(value)),
    png: { offset: number("offset", 0, most), length: number("length", 57, pngBytes), sha256: text("sha256", isHash) },
    sidecar: { offset: number("sidecar_offset", 0, most), length: number("sidecar_length", 2, sidecarBytes) },
    sourceSha256: text("source_sha256", isHash),
  };
}
