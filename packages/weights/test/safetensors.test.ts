import { golden } from "@mammo/testing";
import { decodeSafetensors, encodeSafetensors, type NamedArray, type Safetensors, WeightsError } from "@mammo/weights";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

interface Golden {
  readonly files: Readonly<Record<"mixed" | "withMetadata" | "empty", string>>;
  readonly mixed: Readonly<Record<string, { dtype: string; shape: number[]; values: string[] }>>;
}
const python = golden<Golden>("safetensors", import.meta.url);
const file = (name: keyof Golden["files"]) => new Uint8Array(Buffer.from(python.files[name], "base64"));

describe("against the format's own library", () => {
  it("reads its dtypes, shapes and numbers", () => {
    const { arrays } = decodeSafetensors(file("mixed"));
    expect(Object.keys(arrays).sort()).toEqual(Object.keys(python.mixed).sort());
    for (const [name, { dtype, shape, values }] of Object.entries(python.mixed)) {
      const { data, ...array } = arrays[name]!;
      expect(array.shape).toEqual(shape);
      expect(data.constructor.name.toLowerCase()).toBe(`${dtype.replace("int64", "bigint64")}array`);
      expect(Array.from<number | bigint>(data).map(Number)).toEqual(values.map(Number));
    }
  });

  it.each(["mixed", "withMetadata", "empty"] as const)("writes the very bytes of its file %s", (name) => {
    expect(Buffer.compare(encodeSafetensors(decodeSafetensors(file(name))), file(name))).toBe(0);
  });
});

const array = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }).chain((shape): fc.Arbitrary<NamedArray> => {
  const length = shape.reduce((product, side) => product * side, 1);
  const bytes = fc.uint8Array({ minLength: length * 8, maxLength: length * 8 });
  const kinds = [Float64Array, Float32Array, Int32Array, Int16Array, Int8Array, Uint8Array, BigInt64Array] as const;
  return fc.tuple(bytes, fc.constantFrom(...kinds)).map(([{ buffer }, Kind]) => ({ shape, data: new Kind(buffer, 0, length) }));
});
const names = fc.string({ unit: "binary" }).filter((name) => name !== "__metadata__");
const files: fc.Arbitrary<Safetensors> = fc.record({
  arrays: fc.dictionary(fc.oneof(names, fc.constantFrom("__proto__", "constructor", "12")), array, { maxKeys: 6 }),
  metadata: fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
});
const bytesOf = ({ data }: NamedArray) => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex");

describe("any arrays", () => {
  it("come back bit by bit, NaN's payload included", () => {
    fc.assert(
      fc.property(files, (written) => {
        const read = decodeSafetensors(encodeSafetensors(written));
        expect(Object.keys(read.arrays).sort()).toEqual(Object.keys(written.arrays).sort());
        expect(Object.entries(read.metadata).sort()).toEqual(Object.entries(written.metadata).sort());
        for (const [name, array] of Object.entries(written.arrays)) {
          expect([read.arrays[name]!.shape, bytesOf(read.arrays[name]!)]).toEqual([array.shape, bytesOf(array)]);
        }
      }),
    );
  });

  it("give the same bytes in any order of their names", () => {
    fc.assert(
      fc.property(files, ({ arrays, metadata }) => {
        const reversed = Object.fromEntries(Object.entries(arrays).reverse());
        expect(Buffer.compare(encodeSafetensors({ arrays: reversed, metadata }), encodeSafetensors({ arrays, metadata }))).toBe(0);
      }),
    );
  });
});

/** A file with a header of one's own making. */
function fileOf(header: string | object, dataLength = 0): Uint8Array {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = Buffer.alloc(8 + json.length + dataLength);
  bytes.writeBigUInt64LE(BigInt(json.length), 0);
  json.copy(bytes, 8);
  return bytes;
}
const entry = (begin: number, end: number, shape = [(end - begin) / 4], dtype = "F32") => ({ dtype, shape, data_offsets: [begin, end] });

describe("malformed bytes are refused, and told", () => {
  it.each<[what: string, bytes: Uint8Array, message: RegExp]>([
    ["nothing", new Uint8Array(), /at least 8 bytes, got 0/],
    ["a header beyond the end", fileOf("{}").subarray(0, 9), /header of at most 1 bytes, got 2/],
    ["a header of 2⁶³ bytes", Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 128, 123, 125), /at most 2 bytes/],
    ["no JSON", fileOf("{]"), /JSON in UTF-8/],
    ["no UTF-8", Buffer.concat([fileOf("ab").subarray(0, 8), Uint8Array.of(0xff, 0xfe)]), /JSON in UTF-8/],
    ["no object", fileOf("[]"), /JSON object/],
    [
      "a name twice",
      fileOf(`{"a":${JSON.stringify(entry(0, 4))},"\\u0061":${JSON.stringify(entry(0, 4))}}`, 4),
      /each name once in the header, got one twice/,
    ],
    ["an offset twice", fileOf(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"data_offsets":[0,4]}}`, 4), /got one twice/],
    ["an unknown dtype", fileOf({ a: entry(0, 4, [2], "F16") }, 4), /dtype of array 1 to be I64, F64.*got F16/],
    ["a dtype from the prototype", fileOf({ a: entry(0, 4, [1], "toString") }, 4), /dtype of array 1 .*got another/],
    ["a negative side", fileOf({ a: entry(0, 4, [-1]) }, 4), /shape of array 1 to be whole numbers, 16 at most, got \[-1\]/],
    ["a product beyond 2⁵³", fileOf({ a: entry(0, 4, [2 ** 40, 2 ** 40]) }, 4), /shape of array 1/],
    ["a fractional offset", fileOf({ a: entry(0.5, 4, [1]) }, 4), /offsets for array 1/],
    ["offsets that differ from the shape", fileOf({ a: entry(0, 8, [1]) }, 8), /array 1 in bytes 0 to 4, got 0 to 8/],
    ["an overlap", fileOf({ a: entry(0, 8), b: entry(4, 12) }, 12), /array 2 in bytes 8 to 16, got 4 to 12/],
    ["a gap", fileOf({ a: entry(0, 4), b: entry(8, 12) }, 12), /array 2 in bytes 4 to 8, got 8 to 12/],
    ["data cut off", fileOf({ a: entry(0, 8) }, 7), /at least 8 bytes of data for array 1, got 7/],
    ["data left over", fileOf({ a: entry(0, 4) }, 5), /4 bytes of data, got 5/],
    ["levels within levels", fileOf(`{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`), /one of many levels/],
    ["metadata that is no text", fileOf({ __metadata__: { a: 1 } }), /all metadata to be texts, got number/],
  ])("%s", (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(message);
    expect(() => decodeSafetensors(bytes)).toThrow(expect.objectContaining({ name: "WeightsError", code: "malformed" }));
  });

  it("and nothing that the file calls its own is repeated", () => {
    const name = "DOE^JANE 1970";
    for (const header of [{ [name]: entry(4, 8) }, { [name]: entry(0, 4, [1], name) }, { [name]: { dtype: "F32" } }, { __metadata__: { [name]: 1 } }])
      expect(() => decodeSafetensors(fileOf(header, 8))).toThrow(expect.objectContaining({ message: expect.not.stringContaining("DOE") }));
  });

  it("whatever byte is cut or changed, the reader gives arrays or a WeightsError", () => {
    const whole = file("mixed");
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, value, cut) => {
        const bytes = cut ? whole.slice(0, at) : whole.with(at, value);
        try {
          decodeSafetensors(bytes);
          expect(cut).toBe(false);
        } catch (error) {
          expect(error).toBeInstanceOf(WeightsError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("what is written can be read", () => {
  it.each<[what: string, text: string]>([
    ["letters", "n".repeat(9_000_000)],
    ["quotes and backslashes", '\\"'.repeat(2_000_000)],
    ["line ends", "\n".repeat(7_000_000)],
    ["letters of four bytes", "\u{1f600}".repeat(3_000_000)],
  ])("a note of millions of %s comes back", (_, text) => {
    const { metadata } = decodeSafetensors(encodeSafetensors({ arrays: {}, metadata: { text } }));
    expect(metadata["text"] === text).toBe(true);
  });

  it("a name of millions of letters comes back", () => {
    const name = "w".repeat(9_000_000);
    const { arrays } = decodeSafetensors(encodeSafetensors({ arrays: { [name]: { shape: [1], data: Float32Array.of(2) } }, metadata: {} }));
    expect(arrays[name]!.data[0]).toBe(2);
  });

  const array = { shape: [1], data: new Float32Array(1) };
  it.each<[what: string, file: () => Safetensors, message: string]>([
    [
      "numbers that differ from their shape",
      () => ({ arrays: { a: { ...array, shape: [3] } }, metadata: {} }),
      "Expected 3 numbers in a of shape [3], got 1.",
    ],
    [
      "a shape of negative sides",
      () => ({ arrays: { a: { ...array, shape: [-1, -1] } }, metadata: {} }),
      "shape of a to be whole numbers, got [-1, -1]",
    ],
    ["a fractional side", () => ({ arrays: { a: { shape: [0, 0.5], data: new Int8Array(0) } }, metadata: {} }), "whole numbers, got [0, 0.5]"],
    ["an array with the name of the metadata", () => ({ arrays: { __metadata__: array }, metadata: {} }), "names other than __metadata__"],
    ["metadata that is no text", () => ({ arrays: {}, metadata: { a: 1 as never } }), "Expected the metadata a to be a text, got number."],
    [
      "a note beyond 16 MB",
      () => ({ arrays: {}, metadata: { a: "n".repeat(2 ** 24) } }),
      "Expected a header of at most 16777216 bytes, got 16777248.",
    ],
  ])("%s: refused on the way out", (_, file, message) => {
    expect(() => encodeSafetensors(file())).toThrow(message);
  });
});
