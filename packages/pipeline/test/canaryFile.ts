import { parseDicom } from "@mammo/io";
import { devices, encodeDicom, renderView } from "@mammo/phantom";
import { expect } from "vitest";

/** What no output may hold: none of it is in any text of ours. */
export const canaries = ["CANARY", "18770707", "070707.777", "77777777", "077Y"] as const;

const canaryOf: Readonly<Record<string, string>> = {
  UI: "2.25.777777777777777777",
  DA: "18770707",
  DT: "18770707070707.777",
  TM: "070707.777",
  AS: "077Y",
  IS: "77777777",
  DS: "77777777",
  CS: "CANARY_CODE",
};
/** Without these as they are, no image would be read. */
const needed = new Set([
  0x00080016, 0x00080068, 0x00181114, 0x00181164, 0x00185101, 0x00200020, 0x00200062, 0x00280004, 0x00281050, 0x00281051, 0x00281052, 0x00281053,
  0x00281056, 0x20500020, 0x00281040, 0x00280008,
]);
const texts = new Set(["AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT"]);
const more: readonly (readonly [tag: number, vr: string])[] = [
  [0x00080050, "SH"],
  [0x00080080, "LO"],
  [0x00080081, "ST"],
  [0x00080090, "PN"],
  [0x00081010, "SH"],
  [0x00081030, "LO"],
  [0x0008103e, "LO"],
  [0x00081050, "PN"],
  [0x00081070, "PN"],
  [0x00082111, "ST"],
  [0x00100010, "PN"],
  [0x00100020, "LO"],
  [0x00100030, "DA"],
  [0x00101000, "LO"],
  [0x00101010, "AS"],
  [0x00101040, "LO"],
  [0x00104000, "LT"],
  [0x00181020, "LO"],
  [0x00181030, "LO"],
  [0x00181400, "LO"],
  [0x00204000, "LT"],
  [0x00281055, "LO"],
  [0x00321060, "LO"],
  [0x00400254, "LO"],
  [0x00090010, "LO"],
  [0x00091001, "UT"],
];

/** A synthetic mammogram in which every text of the header that can be one is a canary; `broken` tags get theirs although they are needed. */
export async function canaryFile(view: "CC" | "MLO", broken: readonly number[] = []): Promise<Uint8Array> {
  const device = { ...devices.aldebaran, rows: 450, columns: 300, mmPerPixel: 0.6664, compression: "none" } as const;
  const bytes = encodeDicom(renderView({ seed: 5, woman: 1, exam: 1, image: view === "CC" ? 1 : 2, laterality: "L", view, device, lesions: [] }));
  const { dataSet } = await parseDicom(bytes);
  const kept = new Map(
    [...dataSet.elements.values()].map(({ tag, vr, offset, length }) => [tag, { vr: vr!, value: bytes.slice(offset, offset + length) }]),
  );
  for (const [tag, vr] of more) kept.set(tag, { vr, value: new Uint8Array(0) });
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [bytes.slice(0, dataSet.start)];
  for (const [tag, { vr, value }] of [...kept].sort(([a], [b]) => a - b)) {
    const isCanary = texts.has(vr) && (!needed.has(tag) || broken.includes(tag));
    parts.push(element(tag, vr, isCanary ? encoder.encode(canaryOf[vr] ?? `CANARY^${tag.toString(16)}^NAME`) : value));
  }
  return new Uint8Array(Buffer.concat(parts));
}

export const neededTexts: readonly number[] = [...needed];

function element(tag: number, vr: string, value: Uint8Array): Uint8Array {
  const padded = value.length % 2 === 0 ? value : Uint8Array.from([...value, vr === "UI" ? 0 : 32]);
  const isLong = /^(OB|OW|SQ|UC|UN|UR|UT)$/.test(vr);
  const head = new DataView(new ArrayBuffer(isLong ? 12 : 8));
  head.setUint16(0, tag >>> 16, true);
  head.setUint16(2, tag & 0xffff, true);
  head.setUint8(4, vr.charCodeAt(0));
  head.setUint8(5, vr.charCodeAt(1));
  if (isLong) head.setUint32(8, padded.length, true);
  else head.setUint16(6, padded.length, true);
  return new Uint8Array(Buffer.concat([new Uint8Array(head.buffer), padded]));
}

/** Fails, showing the place, where a text holds a canary. */
export function expectNoCanary(text: string, where: string): void {
  for (const canary of canaries)
    expect(text.includes(canary) ? text.slice(Math.max(0, text.indexOf(canary) - 80), text.indexOf(canary) + 40) : "", where).toBe("");
}
