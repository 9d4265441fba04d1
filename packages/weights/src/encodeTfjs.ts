import type { NamedArray } from "./safetensors.ts";

/** Files of a set of weights, by name. */
export interface TfjsFiles {
  readonly "model.json": string;
  /** Binary shards; their names stand in `model.json`. */
  readonly shards: Readonly<Record<string, Uint8Array>>;
}

/** Arrays that the format has a dtype for. */
const dtypes = [
  [Float32Array, "float32"],
  [Int32Array, "int32"],
  [Uint8Array, "uint8"],
] as const;

/**
 * Arrays -> a `model.json` with TensorFlow.js's weights manifest and its shards: what `tf.io.loadWeights` reads. The graph
 * itself is code of `@mammo/models` and not in the file. Arrays come by name, one after the other; a shard ends where the next would begin, in the middle
 * of an array too. Documented (TensorFlow.js, `io.WeightsManifestConfig`).
 *
 * @throws RangeError for shards of less than a byte, TypeError for an array of another dtype.
 * @example
 * const { "model.json": json, shards } = encodeTfjs(await saveWeights(model));
 */
export function encodeTfjs(
  arrays: Readonly<Record<string, NamedArray>>,
  { shardBytes = 4 * 1024 * 1024, metadata = {} }: { readonly shardBytes?: number; readonly metadata?: Readonly<Record<string, string>> } = {},
): TfjsFiles {
  if (!(Number.isInteger(shardBytes) && shardBytes >= 1)) throw new RangeError(`Expected shards of at least 1 byte, got ${shardBytes}.`);
  const entries = Object.entries(arrays).sort(([a], [b]) => (a < b ? -1 : 1));
  const weights = entries.map(([name, { shape, data }]) => {
    const dtype = dtypes.find(([type]) => data instanceof type)?.[1];
    if (dtype === undefined)
      throw new TypeError(`Expected numbers of a dtype ${dtypes.map(([, name]) => name).join(", ")} in ${name}, got another array.`);
    return { name, shape, dtype };
  });
  const bytes = new Uint8Array(entries.reduce((total, [, { data }]) => total + data.byteLength, 0));
  let at = 0;
  for (const [, { data }] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  const count = Math.max(1, Math.ceil(bytes.length / shardBytes));
  const paths = Array.from({ length: count }, (_, index) => `group1-shard${index + 1}of${count}.bin`);
  const shards = Object.fromEntries(paths.map((path, index) => [path, bytes.slice(index * shardBytes, (index + 1) * shardBytes)]));
  const json = { generatedBy: "mammo", userDefinedMetadata: metadata, weightsManifest: [{ paths, weights }] };
  return { "model.json": JSON.stringify(json), shards };
}
