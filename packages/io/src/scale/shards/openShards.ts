import { dirname, join, resolve } from "node:path";
import { parseJson } from "@mammo/files";
import { openRegularFile, readRegularFile, sha256 } from "@mammo/files/node";
import type { StandardImage } from "../../image/standardize/standardize.ts";
import type { ParquetRow } from "../threads/parquetRows.ts";
import type { Sidecar } from "./makeSample.ts";
import { failuresName, manifestName } from "./manifest.ts";
import { readParquet } from "./parquet.ts";
import { isRecord, parseSidecar } from "./parseSidecar.ts";
import { decodePng16 } from "./png16.ts";
import type { ByteRange } from "./sampleRecord.ts";
import { ShardError } from "./shardError.ts";
import type { ShardFailure } from "./shardRecord.ts";
import { type ShardImage, shardImageOf } from "./shardRow.ts";
import { headerName, type ShardsHeader } from "./shardsHeader.ts";

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
  const bytes = await readRegularFile(join(root, headerName), { maxBytes: 2 ** 20, below: root }).catch((cause: unknown) => {
    throw new ShardError("not-shards", `Expected a folder with ${headerName}`, { cause });
  });
  const header = parseHeader(bytes);
  const images = (await readParquet(join(root, manifestName))).map(shardImageOf);
  const failures = (await readParquet(join(root, failuresName))).map(failureOf);
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
  const { image: _image, ...header } = sidecarOf(sidecar!, image);
  const values = decodePng16(png!, header.rows, header.columns);
  const pixels = new Float32Array(values.length);
  for (let at = 0; at < pixels.length; at++) pixels[at] = values[at]! / 65535;
  return { ...header, pixels };
}

const corrupt = ({ shard, image }: ShardImage): ShardError =>
  new ShardError("corrupt-shard", `${shard}: expected image ${image} as the manifest states it`);

async function readRanges(path: string, image: ShardImage, ranges: readonly ByteRange[]): Promise<readonly Buffer[]> {
  const { handle, size } = await openRegularFile(path, { maxBytes: Number.MAX_SAFE_INTEGER, below: dirname(path) }).catch((cause: unknown) => {
    throw new ShardError("corrupt-shard", `Expected the file ${image.shard}`, { cause });
  });
  try {
    // Before memory is asked for.
    if (ranges.some(({ offset, length }) => offset + length > size)) throw corrupt(image);
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

function sidecarOf(bytes: Buffer, image: ShardImage): Sidecar & { readonly image: number } {
  const sidecar = parseSidecar(bytes);
  const isSame = sidecar?.image === image.image && sidecar.rows === image.rows && sidecar.columns === image.columns;
  if (!sidecar || !isSame) throw corrupt(image);
  return sidecar;
}

/** @throws ShardError `corrupt-shard`. */
function failureOf(row: ParquetRow): ShardFailure {
  const [image, code, message] = [Number(row["image"] ?? Number.NaN), row["code"], row["message"]];
  if (!Number.isSafeInteger(image) || image < 0 || typeof code !== "string" || typeof message !== "string")
    throw new ShardError("corrupt-shard", `Expected ${failuresName} as shards are written`);
  return { image, code, message };
}

/** shards.json, checked field by field: schemas/shards.schema.json. */
export function parseHeader(bytes: Uint8Array): ShardsHeader {
  const refusal = new ShardError("not-shards", `Expected ${headerName} of the form mammo-shards-1`);
  let found: unknown;
  try {
    found = parseJson(bytes);
  } catch {
    throw refusal;
  }
  const header = isRecord(found) ? found : {};
  const { cohort, imagesPerShard, read, versions } = header;
  const isGood =
    header["schema"] === "mammo-shards-1" &&
    [header["pixels"], header["standardization"]].every((text) => typeof text === "string") &&
    isRecord(cohort) &&
    typeof cohort["name"] === "string" &&
    /^[0-9a-f]{64}$/.test(String(cohort["sha256"])) &&
    isCount(cohort["images"], 0) &&
    isCount(imagesPerShard, 1) &&
    isRecord(read) &&
    isRecord(versions) &&
    Object.values(versions).every((version) => typeof version === "string");
  if (!isGood) throw refusal;
  return header as unknown as ShardsHeader;
}

const isCount = (value: unknown, least: number): boolean => Number.isSafeInteger(value) && (value as number) >= least;
