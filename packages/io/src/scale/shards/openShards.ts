import { join, resolve } from "node:path";
import { openRegularFile, readRegularFile, sha256 } from "@mammo/files/node";
import type { Laterality, ViewPosition } from "@mammo/mammogram";
import type { StandardImage } from "../../image/standardize/standardize.ts";
import type { Sidecar } from "./makeSample.ts";
import { failuresName, manifestName } from "./manifest.ts";
import { type ParquetRow, readParquet } from "./parquet.ts";
import { decodePng16 } from "./png16.ts";
import type { ByteRange } from "./sampleRecord.ts";
import { ShardError } from "./shardError.ts";
import type { ShardFailure } from "./shardRecord.ts";
import { headerName, type ShardsHeader } from "./shardsHeader.ts";

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

/** A finished folder of shards. */
export interface Shards {
  readonly directory: string;
  readonly header: ShardsHeader;
  readonly images: readonly ShardImage[];
  readonly failures: readonly ShardFailure[];
}

/**
 * Opens what `writeShards` wrote; reads the manifests and none of the pixels.
 *
 * @throws ShardError `not-shards`, `unfinished`, `corrupt-shard`
 */
export async function openShards(directory: string): Promise<Shards> {
  const root = resolve(directory);
  const text = await readRegularFile(join(root, headerName)).catch((cause: unknown) => {
    throw new ShardError("not-shards", `Expected a folder with ${headerName}`, { cause });
  });
  const header = parseHeader(new TextDecoder().decode(text));
  const images = (await readParquet(join(root, manifestName))).map(imageOf);
  const failures = (await readParquet(join(root, failuresName))).map((row) => ({
    image: Number(row["image"]),
    code: String(row["code"]),
    message: String(row["message"]),
  }));
  return { directory: root, header, images, failures };
}

/**
 * The image at an index of `shards.images`: two reads at known offsets, and the hash of the image compared.
 *
 * Values are multiples of 1 / 65535: within 1 / 131070 of what was standardized.
 *
 * @throws ShardError `corrupt-shard`; RangeError for an index out of range
 * @example const image = await readShardImage(await openShards("shards"), 0);
 */
export async function readShardImage(shards: Shards, index: number): Promise<StandardImage> {
  const image = shards.images[index];
  if (image === undefined) throw new RangeError(`Expected an index below ${shards.images.length}, got ${index}`);
  const [sidecar, png] = await readRanges(join(shards.directory, image.shard), image, [image.sidecar, image.png]);
  if (sha256(png!) !== image.png.sha256) throw corrupt(image);
  const { image: _image, ...header } = parseSidecar(sidecar!, image);
  const values = decodePng16(png!, header.rows, header.columns);
  const pixels = new Float32Array(values.length);
  for (let at = 0; at < pixels.length; at++) pixels[at] = values[at]! / 65535;
  return { ...header, pixels };
}

const corrupt = ({ shard, image }: ShardImage): ShardError =>
  new ShardError("corrupt-shard", `${shard}: expected image ${image} as the manifest states it`);

async function readRanges(path: string, image: ShardImage, ranges: readonly ByteRange[]): Promise<readonly Buffer[]> {
  const { handle } = await openRegularFile(path, { maxBytes: Number.MAX_SAFE_INTEGER }).catch((cause: unknown) => {
    throw new ShardError("corrupt-shard", `Expected the file ${image.shard}`, { cause });
  });
  try {
    return await Promise.all(
      ranges.map(async ({ offset, length }) => {
        const bytes = Buffer.allocUnsafe(length);
        const { bytesRead } = await handle.read(bytes, 0, length, offset);
        if (bytesRead !== length) throw corrupt(image);
        return bytes;
      }),
    );
  } finally {
    await handle.close();
  }
}

function parseSidecar(bytes: Buffer, image: ShardImage): Sidecar & { readonly image: number } {
  try {
    const sidecar = JSON.parse(bytes.toString("utf8")) as Sidecar & { readonly image: number };
    if (sidecar.image === image.image && sidecar.rows === image.rows && sidecar.columns === image.columns) return sidecar;
  } catch {
    // Said below.
  }
  throw corrupt(image);
}

function parseHeader(text: string): ShardsHeader {
  try {
    const header = JSON.parse(text) as ShardsHeader;
    if (header.schema === "mammo-shards-1") return header;
  } catch {
    // Said below.
  }
  throw new ShardError("not-shards", `Expected ${headerName} of the form mammo-shards-1`);
}

function imageOf(row: ParquetRow): ShardImage {
  const range = (prefix: string): ByteRange => ({ offset: Number(row[`${prefix}offset`]), length: Number(row[`${prefix}length`]) });
  return {
    image: Number(row["image"]),
    id: String(row["id"]),
    patientId: String(row["woman"]),
    exam: String(row["exam"]),
    laterality: row["laterality"] as Laterality,
    view: row["view"] as ViewPosition,
    ...(row["cancer"] === null || row["cancer"] === undefined ? {} : { cancer: Number(row["cancer"]) as 0 | 1 }),
    rows: Number(row["rows"]),
    columns: Number(row["columns"]),
    shard: String(row["shard"]),
    png: { ...range(""), sha256: String(row["sha256"]) },
    sidecar: range("sidecar_"),
    sourceSha256: String(row["source_sha256"]),
  };
}
