import fc from "fast-check";
import { parquetWriteBuffer } from "hyparquet-writer";
import { encodeCheckpoint } from "../../../train/src/checkpoint.ts";
import { encodeSafetensors } from "../../../weights/src/index.ts";
import { rasterFiles } from "../rasterFiles.ts";
import { bundle } from "./doorCorpus.ts";
import { type Door, outcomeOf } from "./doors.ts";

const letters = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A good file of each kind, the smaller the better. */
function originals(): readonly (readonly [door: Door, bytes: Uint8Array])[] {
  const rasters = rasterFiles().map((bytes) => ["raster", bytes] as const);
  const columnData = [
    { name: "subjectId", data: ["a", "b", "b"], type: "STRING" as const },
    { name: "cancer", data: [0, 1, 1], type: "INT32" as const },
  ];
  const entry = { "00080018": { vr: "UI", Value: ["1.2.3"] }, "00081140": { vr: "SQ", Value: [{ "00080050": { vr: "SH" } }] } };
  return [
    ...rasters,
    ["csv", letters('id,name\r\n1,"a ""b"""\n2,c\n')],
    ["tsv", letters("subjectId\texamIndex\tcancerL\n1\t1\t0\n2\n")],
    ["json", letters('{"a":[1,2,{"b":"c\\n"}],"d":null}')],
    ["parquet", new Uint8Array(parquetWriteBuffer({ columnData }))],
    [
      "safetensors",
      encodeSafetensors({
        arrays: { "a/b": { shape: [2, 1], data: Float32Array.of(1, 2) }, c: { shape: [], data: Int32Array.of(3) } },
        metadata: { format: "pt" },
      }),
    ],
    [
      "checkpoint",
      encodeCheckpoint({ stage: "S", step: 1, weights: { a: { shape: [1], data: Float32Array.of(1) } }, optimizer: { m: 1 }, notes: {} }),
    ],
    ["bundle", bundle()],
    ["ics", letters("DENSITY 3\nDIGITIZER LUMISYS LASER\nLEFT_CC LINES 100 PIXELS_PER_LINE 80 BITS_PER_PIXEL 12 RESOLUTION 50 OVERLAY\n")],
    [
      "overlay",
      letters(
        "TOTAL_ABNORMALITIES 1\nABNORMALITY 1\nLESION_TYPE MASS SHAPE OVAL MARGINS SPICULATED\nASSESSMENT 4\nSUBTLETY 3\nPATHOLOGY MALIGNANT\nTOTAL_OUTLINES 2\nBOUNDARY\n10 10 0 2 4 6 #\nCORE\n11 11 2 6 #\n",
      ),
    ],
    [
      "plist",
      letters(
        '<?xml version="1.0"?><plist><dict><key>Images</key><array><dict><key>ROIs</key><array><dict><key>Name</key><string>Mass</string><key>Point_px</key><array><string>(1.5, 2)</string></array></dict></array></dict></array></dict></plist>',
      ),
    ],
    ["mias", letters("mdb001 G CIRC B 535 425 197\nmdb002 G NORM\n")],
    ["dicomWebJson", letters(JSON.stringify([entry, entry]))],
    ["dicomWebParts", letters("--b\r\ncontent-type: application/dicom\r\n\r\nDICM\r\n--b\r\n\r\nDICM\r\n--b--\r\n")],
    [
      "shard",
      letters('{"image":0,"id":"a","woman":"w","exam":"w/1","laterality":"L","view":"CC","rows":10,"columns":10,"shard":"shard-000000.tar"}'),
    ],
  ];
}

const change = fc.record({
  at: fc.noBias(fc.nat(100_000)).map((part) => part / 100_000),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 8 }),
    fc
      .constantFrom("0", "-1", "1e308", "99999999999999999999", '"', "\\", "{", "[", "]", "}", "<", "&", "\t", "\n", "__proto__", "\u2028", "../")
      .map(letters),
  ),
  kind: fc.constantFrom("overwrite", "insert", "delete", "truncate", "repeat"),
  times: fc.nat(2000),
});

/** A file by some door, changed in a few places. */
export function doorMutants(): fc.Arbitrary<{ readonly door: Door; readonly bytes: Uint8Array }> {
  const from = originals();
  // As many of each kind, however many pictures there are.
  const kinds = [...new Set(from.map(([door]) => door))].map((kind) => from.filter(([door]) => door === kind));
  const original = fc.constantFrom(...kinds).chain((of) => fc.constantFrom(...of));
  return fc
    .tuple(original, fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([[door, bytes], changes]) => ({ door, bytes: changes.reduce(changed, bytes) }));
}

function changed(from: Uint8Array, { at, bytes: by, kind, times }: { at: number; bytes: Uint8Array; kind: string; times: number }): Uint8Array {
  const place = Math.floor(at * from.length);
  const [head, tail] = [from.slice(0, place), from.slice(place)];
  if (kind === "truncate") return head;
  const middle = kind === "repeat" ? Uint8Array.from({ length: by.length * times }, (_, index) => by[index % by.length]!) : by;
  const rest = kind === "overwrite" || kind === "delete" ? tail.slice(by.length) : tail;
  const all = new Uint8Array(head.length + (kind === "delete" ? 0 : middle.length) + rest.length);
  all.set(head);
  if (kind !== "delete") all.set(middle, head.length);
  all.set(rest, all.length - rest.length);
  return all;
}

/** As `verdict`, by any door: throws for an error without type and for more than two seconds of this process's time. */
export async function doorVerdict(door: Door, bytes: Uint8Array): Promise<string> {
  const start = process.cpuUsage();
  const outcome = await outcomeOf(door, bytes);
  const { user, system } = process.cpuUsage(start);
  if (user + system > 2_000_000) throw new Error(`Expected an answer within 2 s, took ${(user + system) / 1e6} s`);
  if (outcome.startsWith("untyped")) throw new Error(`${door}: ${outcome}`);
  return `${door} ${outcome}`;
}
