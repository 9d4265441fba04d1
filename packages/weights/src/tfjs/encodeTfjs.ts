import type { NamedArray } from "../safetensors.ts";
import { requireWholeArray } from "../wholeArray.ts";
import { graphDef, type TfjsGraph } from "./graphDef.ts";

/** Files of a set of weights or of a whole model, by name. */
export interface TfjsFiles {
  readonly "model.json": string;
  /** Binary shards; their names stand in `model.json`. */
  readonly shards: Readonly<Record<string, Uint8Array>>;
}

/** How the files are written. */
export interface TfjsOptions {
  /** Of the largest shard, in bytes. Default 4 MiB, what a browser keeps in its cache. */
  readonly shardBytes?: number;
  /** Texts that go along, under other names than `signature` and `structuredOutputKeys`, which the format's reader keeps for itself. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** What reads the arrays; without it the files are weights alone. */
  readonly graph?: TfjsGraph;
}

const optionNames = { shardBytes: true, metadata: true, graph: true } satisfies Record<keyof TfjsOptions, true>;

/** Arrays that the format has a dtype for. */
const dtypes = [
  [Float32Array, "float32", "DT_FLOAT"],
  [Int32Array, "int32", "DT_INT32"],
  [Uint8Array, "uint8", "DT_UINT8"],
] as const;

/**
 * Arrays -> a `model.json` with TensorFlow.js's weights manifest and its shards. Without a graph they are what `tf.io.loadWeights` reads; with one, a
 * GraphModel that `loadGraphModel` of tfjs-converter loads and runs, and the arrays are its constants.
 *
 * Arrays come by name, one after the other; a shard ends where the next would begin, in the middle of an array too. Documented (TensorFlow.js,
 * `io.WeightsManifestConfig` and `io.ModelJSON`).
 *
 * @throws RangeError for shards of less than a byte, metadata of a name that is kept, an array whose numbers and shape disagree, and a graph that cannot run (a node gives nothing or
 * reads what nothing before it gives, a name comes twice or is none that TensorFlow takes, an attribute is a fraction without `float`); TypeError for an array of another dtype.
 * @example
 * const { "model.json": json, shards } = encodeTfjs(await saveWeights(model));
 * @example
 * const x = { name: "x", shape: [2] };
 * const y = { name: "y", shape: [2] };
 * encodeTfjs({ one: { shape: [1], data: Float32Array.of(1) } }, { graph: { nodes: [{ op: "AddV2", inputs: ["x", "one"], outputs: ["y"] }], inputs: [x], outputs: [y] } });
 */
export function encodeTfjs(arrays: Readonly<Record<string, NamedArray>>, options: TfjsOptions = {}): TfjsFiles {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(optionNames, name));
  if (unknown !== undefined) throw new TypeError(`Expected options of encodeTfjs among ${Object.keys(optionNames).join(", ")}, got ${unknown}`);
  const { shardBytes = 4 * 1024 * 1024, metadata = {}, graph } = options;
  if (!(Number.isInteger(shardBytes) && shardBytes >= 1)) throw new RangeError(`Expected shards of at least 1 byte, got ${shardBytes}.`);
  const kept = Object.keys(metadata).find((name) => name === "signature" || name === "structuredOutputKeys");
  if (kept !== undefined) throw new RangeError(`Expected metadata other than signature and structuredOutputKeys, got ${kept}.`);
  for (const [name, array] of Object.entries(arrays)) requireWholeArray(name, array);
  const entries = Object.entries(arrays)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { shape, data }]) => ({ name, shape, data, ...dtypeOf(name, data) }));
  const model = graph && {
    format: "graph-model",
    ...graphDef(graph, Object.fromEntries(entries.map(({ name, ...constant }) => [name, constant]))),
  };
  const { paths, shards } = shardsOf(
    entries.map(({ data }) => data),
    shardBytes,
  );
  const weights = entries.map(({ name, shape, dtype }) => ({ name, shape, dtype }));
  // So that the reader's `predict` gives outputs by name.
  const outputs = model ? { structuredOutputKeys: Object.keys(model.signature.outputs) } : {};
  const json = { ...model, generatedBy: "mammo", userDefinedMetadata: { ...metadata, ...outputs }, weightsManifest: [{ paths, weights }] };
  return { "model.json": JSON.stringify(json), shards };
}

function dtypeOf(name: string, data: NamedArray["data"]): { readonly dtype: string; readonly type: string } {
  const found = dtypes.find(([kind]) => data instanceof kind);
  if (found === undefined)
    throw new TypeError(`Expected numbers of a dtype ${dtypes.map(([, dtype]) => dtype).join(", ")} in ${name}, got another array.`);
  return { dtype: found[1], type: found[2] };
}

function shardsOf(parts: readonly NamedArray["data"][], shardBytes: number) {
  const bytes = new Uint8Array(parts.reduce((total, { byteLength }) => total + byteLength, 0));
  let at = 0;
  for (const data of parts) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  const count = Math.max(1, Math.ceil(bytes.length / shardBytes));
  const paths = Array.from({ length: count }, (_, index) => `group1-shard${index + 1}of${count}.bin`);
  const shards = Object.fromEntries(paths.map((path, index) => [path, bytes.slice(index * shardBytes, (index + 1) * shardBytes)]));
  return { paths, shards };
}
