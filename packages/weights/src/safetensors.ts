import { repeatedKey } from "./repeatedKey.ts";
import { WeightsError } from "./weightsError.ts";
import { isCounts, isShape, requireWholeArray, sizeOf } from "./wholeArray.ts";

/** Numbers with a shape, row-major; the type of `data` is the dtype. Shape [] is one number. */
export interface NamedArray {
  readonly shape: readonly number[];
  readonly data: Float64Array | Float32Array | Int32Array | Int16Array | Int8Array | Uint8Array | BigInt64Array;
}

/** What a safetensors file says: named arrays and texts. */
export interface Safetensors {
  /** By name; without a prototype, so any name is safe. */
  readonly arrays: Readonly<Record<string, NamedArray>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Dtypes by the format's names, in the order in which its own library lays them out. Half precision has no typed array on every engine, so it is refused. */
const dtypes = {
  I64: BigInt64Array,
  F64: Float64Array,
  F32: Float32Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U8: Uint8Array,
} as const;
type Dtype = keyof typeof dtypes;
const order = Object.keys(dtypes) as Dtype[];

/** Largest header that is read: 16 MB describe some 150,000 tensors. Ours; the format allows 100 MB. */
const maxHeaderBytes = 16 * 1024 * 1024;

/** More arrays than any model has; a header of 16 MB could name five times as many empty ones. */
const maxArrays = 2 ** 16;
const maxAxes = 16;
/** Objects, lists and keys: seven of an array, one of a text. */
const maxMarks = 8 * maxArrays + 16;

/**
 * Arrays -> the bytes of a safetensors file: u64 little-endian length, JSON header, data. Deterministic: by dtype, widest first, then by name: the bytes of the
 * format's own library. Documented (huggingface/safetensors, "Format").
 *
 * What is written can be read again, by `decodeSafetensors` and others; what could not be is refused here.
 *
 * @throws RangeError where numbers and shape disagree, a shape is not of whole numbers, an array is named `__metadata__`, or names and texts are too many (2^16 each)
 * or too long for a header (16 MB); TypeError for an array of another dtype and for metadata that is no text.
 * @example
 * encodeSafetensors({ arrays: { "head/bias": { shape: [2], data: Float32Array.of(0, 1) } }, metadata: { format: "pt" } });
 */
export function encodeSafetensors({ arrays, metadata }: Safetensors): Uint8Array {
  const entries = Object.entries(arrays)
    .map(([name, { shape, data }]) => ({ name, shape, data, dtype: dtypeOf(name, data) }))
    .sort((a, b) => order.indexOf(a.dtype) - order.indexOf(b.dtype) || compareText(a.name, b.name));
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [["__metadata__", metadata]] : [];
  if (Math.max(entries.length, Object.keys(metadata).length) > maxArrays)
    throw new RangeError(`Expected at most ${maxArrays} arrays and as many texts, got more.`);
  for (const [name, text] of Object.entries(metadata)) {
    if (typeof text !== "string") throw new TypeError(`Expected the metadata ${name} to be a text, got ${typeof text}.`);
  }
  let end = 0;
  for (const { name, shape, data, dtype } of entries) {
    if (name === "__metadata__")
      throw new RangeError("Expected names other than __metadata__, which the format keeps for its texts, got an array of that name.");
    requireWholeArray(name, { shape, data });
    header.push([name, { dtype, shape, data_offsets: [end, (end += data.byteLength)] }]);
  }
  // Written pair by pair: an object would lose `__proto__` and move names like "7" to the front.
  const json = new TextEncoder().encode(`{${header.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",")}}`);
  const headerBytes = Math.ceil(json.length / 8) * 8;
  if (headerBytes > maxHeaderBytes) throw new RangeError(`Expected a header of at most ${maxHeaderBytes} bytes, got ${headerBytes}.`);
  const bytes = new Uint8Array(8 + headerBytes + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(json, 8);
  bytes.fill(0x20, 8 + json.length, 8 + headerBytes);
  let offset = 8 + headerBytes;
  for (const { data } of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return bytes;
}

/**
 * The bytes of a safetensors file -> arrays (copied) and metadata.
 *
 * @throws WeightsError `malformed` where the bytes are cut off, the header is too large or no JSON, a name comes twice, a dtype is unknown, or
 * the arrays leave a gap, overlap or reach beyond the end.
 */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  const { header, data } = split(bytes);
  const metadata = readMetadata(header["__metadata__"]);
  const names = Object.keys(header).filter((name) => name !== "__metadata__");
  if (names.length > maxArrays) throw malformed(`Expected at most ${maxArrays} arrays, got ${names.length}`);
  const entries = names
    .map((name, index) => ({ name, called: calledBy(index), ...readEntry(calledBy(index), header[name]) }))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  const arrays: Record<string, NamedArray> = Object.create(null);
  let reached = 0;
  for (const { name, called, dtype, shape, begin, end } of entries) {
    const size = sizeOf(shape) * dtypes[dtype].BYTES_PER_ELEMENT;
    if (begin !== reached || end - begin !== size) {
      throw malformed(`Expected ${called} in bytes ${reached} to ${reached + size}, got ${begin} to ${end}`);
    }
    if (end > data.length) throw malformed(`Expected at least ${end} bytes of data for ${called}, got ${data.length}`);
    // A copy: typed arrays must begin at a multiple of their width, and the file's bytes stay the caller's. (A Buffer's own `slice` would be none.)
    arrays[name] = { shape, data: new dtypes[dtype](Uint8Array.from(data.subarray(begin, end)).buffer) };
    reached = end;
  }
  if (reached !== data.length) throw malformed(`Expected ${reached} bytes of data, got ${data.length}`);
  return { arrays, metadata };
}

function split(bytes: Uint8Array): { header: Record<string, unknown>; data: Uint8Array } {
  if (bytes.length < 8) throw malformed(`Expected at least 8 bytes, got ${bytes.length}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const available = Math.min(maxHeaderBytes, bytes.length - 8);
  if (length > BigInt(available)) throw malformed(`Expected a header of at most ${available} bytes, got ${length}`);
  const end = 8 + Number(length);
  let repeated: string | undefined;
  let header: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, end));
    repeated = repeatedKey(text, maxMarks);
    if (repeated === undefined) header = JSON.parse(text);
  } catch (error) {
    // Without its cause: the runtime quotes the text in it.
    const isCounted = error instanceof RangeError;
    throw malformed(
      isCounted
        ? "Expected a header of names, shapes and offsets, got one of many levels or values"
        : "Expected a header of JSON in UTF-8, got other bytes",
    );
  }
  if (repeated !== undefined) throw malformed("Expected each name once in the header, got one twice");
  if (!isRecord(header)) throw malformed("Expected the header to be a JSON object, got another value");
  return { header, data: bytes.subarray(end) };
}

function readMetadata(value: unknown): Record<string, string> {
  const metadata: Record<string, string> = Object.create(null);
  if (value === undefined) return metadata;
  if (!isRecord(value)) throw malformed("Expected __metadata__ to be an object of texts, got another value");
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== "string") throw malformed(`Expected all metadata to be texts, got ${typeof text}`);
    metadata[name] = text;
  }
  return metadata;
}

function readEntry(called: string, value: unknown): { dtype: Dtype; shape: number[]; begin: number; end: number } {
  const { dtype, shape, data_offsets: offsets } = isRecord(value) ? value : {};
  if (typeof dtype !== "string" || !Object.hasOwn(dtypes, dtype))
    throw malformed(
      `Expected the dtype of ${called} to be ${order.join(", ")}, got ${typeof dtype === "string" && /^B?[A-Z]\d{1,2}$/.test(dtype) ? dtype : "another"}`,
    );
  if (!isShape(shape) || shape.length > maxAxes)
    throw malformed(`Expected the shape of ${called} to be whole numbers, ${maxAxes} at most, got ${shownNumbers(shape)}`);
  if (!isCounts(offsets) || offsets.length !== 2) throw malformed(`Expected two offsets for ${called}, got ${shownNumbers(offsets)}`);
  return { dtype: dtype as Dtype, shape, begin: offsets[0]!, end: offsets[1]! };
}

function dtypeOf(name: string, data: NamedArray["data"]): Dtype {
  const found = order.find((dtype) => data instanceof dtypes[dtype]);
  if (found === undefined) throw new TypeError(`Expected numbers of a dtype ${order.join(", ")} in ${name}, got another array.`);
  return found;
}

/** By its place in the header: what a stranger's file calls an array may be anybody's name. */
const calledBy = (index: number): string => `array ${index + 1}`;

/** A few numbers as they are; what else came may be of any size and depth. */
const shownNumbers = (value: unknown): string =>
  Array.isArray(value) && value.length <= 8 && value.every((one) => typeof one === "number") ? `[${value.join(", ")}]` : "something else";

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
/** By code points, which is the order of UTF-8 bytes, the format's own. */
const compareText = (a: string, b: string) => {
  const [x, y] = [Array.from(a, (c) => c.codePointAt(0)!), Array.from(b, (c) => c.codePointAt(0)!)];
  const at = x.findIndex((point, index) => point !== y[index]);
  return at < 0 ? x.length - y.length : x[at]! - (y[at] ?? -1);
};
const malformed = (what: string) => new WeightsError("malformed", `${what}: this is no whole safetensors file.`);
