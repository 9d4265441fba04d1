import { DicomError } from "../dicomError.ts";
import type { DataSet } from "../parse/dataSet.ts";
import { allTexts, items } from "../parse/values.ts";
import { tags } from "../tags.ts";
import { uuidUid } from "../write/uidOf.ts";
import { standardUids } from "./standardUids.ts";
import { vrOf } from "./vrOf.ts";

/** What the key makes of a file: one and the same for the same key, so that files of a patient, a study or a series stay together. */
export interface Pseudonyms {
  /** Old UID -> new one. */
  readonly uids: ReadonlyMap<string, string>;
  /** Instead of the patient's identifier and name. */
  readonly pseudonym: string;
  /** By which all dates of the patient move into the past, 1 to 3650. */
  readonly days: number;
}

/**
 * HMAC-SHA-256 of all that a file's values are replaced by.
 *
 * @throws RangeError as `requireKey`; DicomError `limit-exceeded` for more UIDs than any instance refers to.
 */
export async function pseudonymsOf(dataSet: DataSet, key: Uint8Array): Promise<Pseudonyms> {
  requireKey(key);
  const signer = await crypto.subtle.importKey("raw", key as Uint8Array<ArrayBuffer>, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const keyed = async (kind: string, text: string): Promise<Uint8Array> =>
    new Uint8Array(await crypto.subtle.sign("HMAC", signer, new TextEncoder().encode(`${kind}\n${text}`)));
  const uids = [...new Set(uidsIn(dataSet))].filter((uid) => !standardUids.has(uid));
  if (uids.length > mostUids) throw new DicomError("limit-exceeded", `Expected at most ${mostUids} different UIDs`, { offset: dataSet.start });
  const renamed = await Promise.all(uids.map(async (uid) => [uid, uuidUid(await keyed("uid", uid))] as const));
  // Two hospitals give the same number to two women: only with its issuer does it name one.
  const qualified = items(dataSet, tags.IssuerOfPatientIDQualifiersSequence).flatMap((item) => allTexts(item, tags.UniversalEntityID));
  const issuer = [...allTexts(dataSet, tags.IssuerOfPatientID), ...qualified];
  const number = allTexts(dataSet, tags.PatientID).join("\\");
  const patient = [number, ...(number === "" ? [] : issuer)].filter((part) => part !== "").join("\n");
  const named = await keyed("patient", patient);
  const moved = await keyed("days", patient);
  return {
    uids: new Map(renamed),
    pseudonym: number === "" ? "" : `P${Array.from(named.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("")}`.toUpperCase(),
    days: 1 + (((moved[0]! << 16) | (moved[1]! << 8) | moved[2]!) % 3650),
  };
}

/**
 * Refuses what could be guessed: less than 16 bytes, or zeros alone (memory that nobody has written to).
 *
 * @throws RangeError.
 */
export function requireKey(key: Uint8Array): void {
  if (!(key instanceof Uint8Array) || key.length < 16)
    throw new RangeError(`Expected a key of at least 16 bytes, got ${key instanceof Uint8Array ? key.length : typeof key}`);
  if (key.every((byte) => byte === 0)) throw new RangeError("Expected a secret key, got zeros alone");
}

/** The frames of the longest stack, ten times over; each costs a hash. */
const mostUids = 10_000;

function uidsIn(dataSet: DataSet): readonly string[] {
  return [...dataSet.elements.values()].flatMap((one) => {
    if (one.items) return one.items.flatMap(uidsIn);
    return vrOf(one) === "UI" ? allTexts(dataSet, one.tag) : [];
  });
}
