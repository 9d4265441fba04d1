import type { DataElement, DataSet } from "../parse/dataSet.ts";
import { allTexts } from "../parse/values.ts";
import { tags } from "../tags.ts";
import { isTime } from "../write/dates.ts";
import { type Element, type Elements, element, type Value, type Vr } from "../write/element.ts";
import { cleanCode, isPublicScheme, knownMeaning } from "./cleanCode.ts";
import { cleanNumbers } from "./cleanNumbers.ts";
import { cleanTexts } from "./cleanText.ts";
import { moveDate } from "./moveDate.ts";
import { type Action, profileAction } from "./profileAction.ts";
import type { Pseudonyms } from "./pseudonyms.ts";
import { standardUids } from "./standardUids.ts";
import { isNumeric, isWords, vrOf } from "./vrOf.ts";

/** How a data set is to be cleaned. */
export interface Cleaning {
  readonly pseudonyms: Pseudonyms;
  /** Dates leave, or move by the patient's days. */
  readonly dates: "remove" | "shift";
  /** Manufacturer (0008,0070) and model (0008,1090) stay. */
  readonly device: boolean;
  /** What Pixel Data of the data set's root become; those of items leave. */
  readonly pixels: ReadonlyMap<number, Value>;
  /** Called where a value stays that may hold more than the numbers it is for. */
  readonly onDoubt: () => void;
}

const codeTags = new Set<number>([tags.CodeValue, tags.CodingSchemeDesignator, tags.CodeMeaning]);
const deviceTags = new Set<number>([tags.Manufacturer, tags.ManufacturerModelName]);
const rescaleTypes = new Set<number>([tags.RescaleType, tags.ModalityLUTType]);
/** Removed by the table although their modules require them (PS3.3 C.11.10): a dummy holds no more. */
const requiredTags = new Set<number>([tags.PresentationCreationDate, tags.PresentationCreationTime]);
/** Dates of a life, not of an examination: no option keeps them. */
const birthTags = new Set<number>([tags.PatientBirthDate, tags.PatientBirthTime]);

/** The elements of a data set that may stay, cleaned, at every depth. */
export function cleanDataSet(dataSet: DataSet, cleaning: Cleaning): Elements {
  const code = cleanCode(dataSet);
  const coded: Elements = code ? [...codeTags].map((tag, index) => element(tag, tag === tags.CodeMeaning ? "LO" : "SH", code[index]!)) : [];
  const rest = [...dataSet.elements.values()].filter(({ tag }) => !code || !codeTags.has(tag));
  return [...coded, ...rest.flatMap((one) => cleanElement(one, dataSet, cleaning))];
}

function cleanElement(one: DataElement, dataSet: DataSet, cleaning: Cleaning): readonly Element[] {
  const { tag } = one;
  const vr = vrOf(one);
  // Private, unknown and contradictory elements, group lengths, curves, overlays and paddings leave.
  if (vr === undefined || !isKeptGroup(tag)) return [];
  const action = profileAction(tag);
  const value = cleanValue(one, vr, action, dataSet, cleaning);
  return value === undefined ? [] : [element(tag, vr, value)];
}

function isKeptGroup(tag: number): boolean {
  const group = tag >>> 16;
  const isRepeating = (group & 0xff00) === 0x5000 || (group & 0xff00) === 0x6000;
  return group % 2 === 0 && (tag & 0xffff) !== 0 && group > 4 && !isRepeating && group < 0xfff0;
}

/** The value that an element may have; undefined where the element leaves. */
function cleanValue(one: DataElement, vr: Vr, action: Action | undefined, dataSet: DataSet, cleaning: Cleaning): Value | undefined {
  const { tag } = one;
  const isTemporal = (vr === "DA" || vr === "DT" || vr === "TM") && !birthTags.has(tag);
  if (isTemporal && cleaning.dates === "shift") return shifted(one, vr, dataSet, cleaning.pseudonyms.days);
  if (tag === tags.PatientID) return cleaning.pseudonyms.pseudonym;
  if (tag === tags.PatientName) return cleaning.pseudonyms.pseudonym && `${cleaning.pseudonyms.pseudonym}^Removed`;
  if (requiredTags.has(tag)) return dummy(vr);
  if (action === "X") return undefined;
  if (vr === "SQ") {
    // A dummy of a sequence is the same one with its items cleaned.
    if (action === "Z" || action === "X/Z") return [];
    return one.items!.map((item) => cleanDataSet(item, { ...cleaning, pixels: new Map() }));
  }
  if (vr === "UI")
    return allTexts(dataSet, tag)
      .map((uid) => newUid(uid, cleaning.pseudonyms))
      .join("\\");
  if (action === "Z" || action === "X/Z") return "";
  if (action !== undefined) return one.length === 0 ? "" : dummy(vr);
  return unlisted(one, vr, dataSet, cleaning);
}

/** What Table E.1-1 does not name stays only where it can be no free text. Ours, stricter than the profile. */
function unlisted(one: DataElement, vr: Vr, dataSet: DataSet, cleaning: Cleaning): Value | undefined {
  const { tag } = one;
  // Pixel Data of the three kinds; the group's other elements are tables of where frames begin.
  if (tag >>> 16 === 0x7fe0) return cleaning.pixels.get(tag);
  if (tag === tags.WaveformData) return raw(one, dataSet);
  if (isNumeric(vr)) return cleanNumbers(one, vr, dataSet, cleaning.onDoubt);
  if (vr === "OB" || vr === "OW")
    return tag >>> 16 === 0x0028 && tag !== tags.ICCProfile ? cleanNumbers(one, vr, dataSet, cleaning.onDoubt) : undefined;
  if (cleaning.device && deviceTags.has(tag)) return raw(one, dataSet);
  const values = allTexts(dataSet, tag);
  if (rescaleTypes.has(tag) && /^(US|HU|OD|HU_MOD|PCT)$/.test(values[0] ?? "")) return values[0];
  if (tag === tags.CodingSchemeDesignator && isPublicScheme(values[0] ?? "")) return values[0];
  if (tag === tags.CodeMeaning && knownMeaning(values[0] ?? "")) return knownMeaning(values[0]!);
  if (isWords(vr)) return values.some((value) => value !== "") ? dummy(vr) : "";
  return cleanTexts(vr, values);
}

const dummies: Partial<Record<Vr, string>> = {
  DA: "19000101",
  DT: "19000101000000",
  TM: "000000",
  PN: "Removed",
  AS: "000Y",
  CS: "REMOVED",
  IS: "0",
  DS: "0",
};

/** Something to stand where a value must stand. */
const dummy = (vr: Vr): Value => dummies[vr] ?? (isWords(vr) ? "Removed" : new Uint8Array(0));

const newUid = (uid: string, { uids }: Pseudonyms): string => (standardUids.has(uid) ? uid : (uids.get(uid) ?? ""));

function shifted(one: DataElement, vr: Vr, dataSet: DataSet, days: number): string {
  const values = allTexts(dataSet, one.tag);
  return values.map((value) => (vr === "TM" ? (isTime(value) ? value : "") : (moveDate(value, days) ?? ""))).join("\\");
}

const raw = ({ offset, length }: DataElement, { bytes }: DataSet): Uint8Array => bytes.subarray(offset, offset + length);
