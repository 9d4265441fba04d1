import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { concat, dataSet, integers, part10 } from "../writeDicom.ts";
import type { Part, Seed } from "./seeds.ts";

const textChanges = ["comma", "backslash", "lower", "word", "empty"] as const;

type Change =
  | { readonly kind: "length"; readonly at: number; readonly value: number }
  | { readonly kind: "value"; readonly at: number; readonly value: Uint8Array }
  | { readonly kind: "drop" | "repeat"; readonly at: number }
  | { readonly kind: "swap"; readonly at: number; readonly other: number }
  | { readonly kind: "vr"; readonly at: number; readonly name: string }
  | { readonly kind: "tag"; readonly at: number; readonly value: number }
  | { readonly kind: "wrap"; readonly at: number; readonly depth: number }
  | { readonly kind: "implicit"; readonly at: number }
  | { readonly kind: "delimiter"; readonly at: number; readonly tag: number; readonly length: number }
  | { readonly kind: "text"; readonly at: number; readonly change: (typeof textChanges)[number] }
  | {
      readonly kind: "lut";
      readonly at: number;
      readonly tag: number;
      readonly descriptor: readonly number[];
      readonly data: Uint8Array;
      readonly isUnknown: boolean;
    }
  | { readonly kind: "table"; readonly entries: readonly number[]; readonly pieces: number }
  | { readonly kind: "pixels"; readonly flips: readonly (readonly [place: number, byte: number])[]; readonly kept: number; readonly from: number }
  | {
      readonly kind: "bytes";
      readonly place: number;
      readonly bytes: readonly number[];
      readonly how: "overwrite" | "insert" | "delete" | "truncate";
    };

const letters = (text: string): Uint8Array => new TextEncoder().encode(text);
const shorts = (...values: readonly number[]): Uint8Array => new Uint8Array(Uint16Array.from(values).buffer);
const texts =
  "|-1|0|1|2|1e308|-1e-308|NaN|65536|L|R|X|MLO|XCCL|YES|NO|INVERSE|SIGMOID|\\|1\\2|0\\0|0.1\\0.1|99\\99|FOR PROCESSING|LIN|A\\R|1.2.3|../..".split(
    "|",
  );
const numbers = [0, 1, 2, 7, 8, 11, 12, 15, 16, 17, 31, 32, 63, 64, 95, 96, 97, 255, 256, 4095, 32768, 65535];
const sizes = [0, 1, 2, 3, 7, 8, 0xff, 0xfffe, 0xffff, 0x10000, 0x7ffffff0, 0x80000000, 0xfffffffe, 0xffffffff];
const tags = [
  0x00080016, 0x00080068, 0x00181164, 0x00185101, 0x00200062, 0x00280008, 0x00280010, 0x00280100, 0x00281050, 0x00283010, 0x00540220, 0x52009229,
  0x7fe00010, 0xfffee000, 0xfffee00d, 0xfffee0dd,
];

const delimiters = [0xfffee000, 0xfffee00d, 0xfffee0dd, 0];
const at = fc.nat(40);
const byte = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xc4, 0xd9, 0xda, 0xfe, 0xff), fc.nat(255));
// Without bias: fast-check would mostly try the very beginning and end.
const place = fc.noBias(fc.nat(100_000)).map((part) => part / 100_000);
const pixels: fc.Arbitrary<Change> = fc.record({
  kind: fc.constant("pixels" as const),
  flips: fc.array(
    fc.tuple(
      fc.oneof(
        place,
        place.map((part) => part / 12),
      ),
      byte,
    ),
    { maxLength: 8 },
  ),
  kept: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, place),
  from: fc.oneof({ weight: 6, arbitrary: fc.constant(-1) }, fc.nat(40)),
});
const anywhere: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant("length" as const), at, value: fc.oneof(fc.constantFrom(...sizes), fc.nat(300)) }),
  fc.record({
    kind: fc.constant("value" as const),
    at,
    value: fc.oneof(
      fc.constantFrom(...texts).map(letters),
      fc.constantFrom(...numbers).map((value) => shorts(value)),
      fc.array(fc.constantFrom(...numbers), { maxLength: 6 }).map((values) => shorts(...values)),
      fc.uint8Array({ maxLength: 24 }),
    ),
  }),
  fc.record({ kind: fc.constantFrom("drop" as const, "repeat" as const), at }),
  fc.record({ kind: fc.constant("swap" as const), at, other: at }),
  fc.record({
    kind: fc.constant("vr" as const),
    at,
    name: fc.constantFrom("SQ", "UN", "OB", "OW", "US", "UL", "IS", "DS", "UI", "OV", "ZZ", "a1", "  ", "\0\0"),
  }),
  fc.record({ kind: fc.constant("implicit" as const), at }),
  fc.record({ kind: fc.constant("delimiter" as const), at, tag: fc.constantFrom(...delimiters), length: fc.constantFrom(0, 0, 0, 8, 0xffffffff) }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("text" as const), at, change: fc.constantFrom(...textChanges) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("lut" as const),
      at,
      tag: fc.constantFrom(0x00283000, 0x00283010),
      descriptor: fc.array(fc.constantFrom(0, 1, 2, 4, 7, 8, 9, 12, 16, 17, 255, 256, 4096, 32768, 65535), { maxLength: 4 }),
      data: fc.uint8Array({ maxLength: 600 }),
      isUnknown: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("table" as const),
      entries: fc.array(fc.constantFrom(...sizes, 8, 100, 1000), { maxLength: 6 }),
      pieces: fc.nat(4),
    }),
  },
  fc.record({ kind: fc.constant("tag" as const), at, value: fc.constantFrom(...tags) }),
  fc.record({ kind: fc.constant("wrap" as const), at, depth: fc.integer({ min: 1, max: 40 }) }),
  { weight: 3, arbitrary: pixels },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("bytes" as const),
      place,
      bytes: fc.array(byte, { minLength: 1, maxLength: 8 }),
      how: fc.constantFrom("overwrite" as const, "insert" as const, "delete" as const, "truncate" as const),
    }),
  },
);

/** A valid file of `all`, changed in one to four places: in its elements, in its pixels, or anywhere. */
export const mutants = (all: readonly Seed[]): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      fc.noBias(fc.nat(all.length - 1)),
      fc.oneof(fc.array(pixels, { minLength: 1, maxLength: 2 }), fc.array(anywhere, { minLength: 1, maxLength: 4 })),
    )
    .map(([which, changes]) => {
      const seed = all[which]!;
      const parts = changes.reduce((so, one) => changeParts(so, one, seed, all), seed.parts);
      const body = concat(...parts.flatMap(({ head, value }) => [head, value]));
      const file = seed.isDeflated ? part10("1.2.840.10008.1.2.1.99", deflateRawSync(body)) : concat(seed.front, body);
      return changes.reduce(changeBytes, file);
    });

function changeParts(parts: readonly Part[], one: Change, seed: Seed, all: readonly Seed[]): readonly Part[] {
  if (one.kind === "bytes" || parts.length === 0) return parts;
  if (one.kind === "pixels") return [...parts.slice(0, -1), brokenPixels(parts.at(-1)!, one, all)];
  if (one.kind === "table") return [...parts.slice(0, -1), withTable(parts.at(-1)!, one)];
  const index = one.at % parts.length;
  const part = parts[index]!;
  const instead = (...those: readonly Part[]): readonly Part[] => [...parts.slice(0, index), ...those, ...parts.slice(index + 1)];
  if (one.kind === "drop") return instead();
  if (one.kind === "repeat") return instead(part, part);
  if (one.kind === "swap")
    return parts.map((old, where) => (where === index ? parts[one.other % parts.length]! : where === one.other % parts.length ? part : old));
  if (one.kind === "length") return instead({ ...part, head: withLength(part.head, one.value, seed) });
  if (one.kind === "value") return instead({ head: withLength(part.head, one.value.length, seed), value: one.value });
  if (one.kind === "wrap") return instead(wrapped(part, one.depth, seed));
  if (one.kind === "implicit") return instead({ ...part, head: implicitHead(part, seed) });
  if (one.kind === "delimiter") return instead(delimiter(one.tag, one.length, seed), part);
  if (one.kind === "text") {
    const value = changedText(part.value, one.change);
    return instead({ head: withLength(part.head, value.length, seed), value });
  }
  if (one.kind === "lut") return instead(lutPart(one, seed), part);
  const head = part.head.slice();
  const view = new DataView(head.buffer);
  if (one.kind === "tag") {
    view.setUint16(0, one.value >>> 16, seed.littleEndian);
    view.setUint16(2, one.value & 0xffff, seed.littleEndian);
  } else if (one.kind === "vr" && seed.explicit) head.set(letters(one.name), 4);
  return instead({ ...part, head });
}

/** The element's head as implicit encoding writes it. */
function implicitHead({ head, value }: Part, { littleEndian }: Seed): Uint8Array {
  const implicit = new Uint8Array(8);
  implicit.set(head.subarray(0, 4));
  new DataView(implicit.buffer).setUint32(4, value.length, littleEndian);
  return implicit;
}

function delimiter(tag: number, length: number, { littleEndian }: Seed): Part {
  const head = new Uint8Array(8);
  const view = new DataView(head.buffer);
  view.setUint16(0, tag >>> 16, littleEndian);
  view.setUint16(2, tag & 0xffff, littleEndian);
  view.setUint32(4, length, littleEndian);
  return { head, value: new Uint8Array(0) };
}

/** A decimal comma, one value more, small letters, a word, nothing. */
function changedText(value: Uint8Array, change: (typeof textChanges)[number]): Uint8Array {
  const text = new TextDecoder("latin1").decode(value.subarray(0, 64));
  const changed = {
    comma: text.replaceAll(".", ","),
    backslash: `${text.trimEnd()}\\`,
    lower: text.toLowerCase(),
    word: `${text.trimEnd()}\\USER`,
    empty: " ",
  }[change];
  return letters(changed.length % 2 ? `${changed} ` : changed);
}

/** A modality or VOI table whose descriptor and data need not agree, in a sequence or in UN. */
function lutPart({ tag, descriptor, data, isUnknown }: Extract<Change, { readonly kind: "lut" }>, { explicit, littleEndian }: Seed): Part {
  const encoding = { explicit: explicit && !isUnknown, littleEndian: littleEndian || isUnknown };
  const even = data.subarray(0, data.length & ~1);
  const item = dataSet(
    [
      [0x00283002, "US", descriptor],
      [0x00283006, "OW", even],
    ],
    encoding,
  );
  const value = concat(integers([0xfffe, 0xe000], 2, encoding.littleEndian), integers([item.length], 4, encoding.littleEndian), item);
  const whole = dataSet(
    [
      [
        tag,
        isUnknown ? "UN" : "SQ",
        isUnknown
          ? value
          : [
              [
                [0x00283002, "US", descriptor],
                [0x00283006, "OW", even],
              ],
            ],
      ],
    ],
    { explicit, littleEndian },
  );
  return { head: whole, value: new Uint8Array(0) };
}

/** Another offset table in front of the fragments, the last of which is cut into pieces. */
function withTable(part: Part, { entries, pieces }: Extract<Change, { readonly kind: "table" }>): Part {
  const { value } = part;
  if (!(value[0] === 0xfe && value[1] === 0xff && value.length > 24)) return part;
  const item = (bytes: Uint8Array): Uint8Array => concat(integers([0xfffe, 0xe000], 2), integers([bytes.length], 4), bytes);
  const stream = value.subarray(16, -8);
  const size = Math.max(1, Math.ceil(stream.length / (pieces + 1)));
  const cut = Array.from({ length: pieces + 1 }, (_, index) => item(stream.subarray(index * size, (index + 1) * size)));
  return { head: part.head, value: concat(item(integers(entries, 4)), ...cut, value.subarray(-8)) };
}

function withLength(head: Uint8Array, length: number, { explicit, littleEndian }: Seed): Uint8Array {
  const copy = head.slice();
  const view = new DataView(copy.buffer);
  if (explicit && head.length === 8) view.setUint16(6, length & 0xffff, littleEndian);
  else view.setUint32(head.length - 4, length, littleEndian);
  return copy;
}

function wrapped(part: Part, depth: number, { explicit, littleEndian }: Seed): Part {
  const sequence = new Uint8Array(explicit ? 20 : 16);
  const view = new DataView(sequence.buffer);
  view.setUint16(0, 0x0008, littleEndian);
  view.setUint16(2, 0x1140, littleEndian);
  if (explicit) sequence.set(letters("SQ"), 4);
  view.setUint32(explicit ? 8 : 4, 0xffffffff, littleEndian);
  view.setUint16(sequence.length - 8, 0xfffe, littleEndian);
  view.setUint16(sequence.length - 6, 0xe000, littleEndian);
  view.setUint32(sequence.length - 4, 0xffffffff, littleEndian);
  return { head: concat(...Array.from({ length: depth }, () => sequence), part.head), value: part.value };
}

/** Breaks the pixels themselves; the fragment around a codestream stays whole, or nothing would ever reach the codecs. */
function brokenPixels(part: Part, { flips, kept, from }: Extract<Change, { readonly kind: "pixels" }>, all: readonly Seed[]): Part {
  const other = from < 0 ? part : all[from % all.length]!.parts.at(-1)!;
  const isFragment = (value: Uint8Array): boolean => value[0] === 0xfe && value[1] === 0xff && value.length > 24;
  const source = isFragment(other.value) ? other.value.subarray(16, -8) : other.value;
  const stream = source.slice(0, Math.max(1, Math.ceil(kept * source.length)));
  for (const [where, byte] of flips) stream[Math.min(stream.length - 1, Math.floor(where * stream.length))] = byte;
  if (!isFragment(part.value)) return { head: part.head, value: stream };
  return { head: part.head, value: concat(part.value.subarray(0, 12), integers([stream.length], 4), stream, part.value.subarray(-8)) };
}

function changeBytes(file: Uint8Array, one: Change): Uint8Array {
  if (one.kind !== "bytes") return file;
  const where = Math.floor(one.place * file.length);
  const rest = file.subarray(where);
  if (one.how === "truncate") return file.subarray(0, where);
  if (one.how === "insert") return concat(file.subarray(0, where), Uint8Array.from(one.bytes), rest);
  if (one.how === "delete") return concat(file.subarray(0, where), rest.subarray(one.bytes.length));
  const copy = file.slice();
  copy.set(one.bytes.slice(0, copy.length - where), where);
  return copy;
}
