import { concat } from "../concat.ts";

/**
 * A UID under 2.25 (PS3.5 B.2: a UUID as a decimal number) that belongs to a content: the first 16 bytes of the SHA-256 of all parts, stamped as a UUID of version 8.
 *
 * The same parts always give the same UID; each part counts with its length, so that moving a border between two changes it.
 * @example const uid = await uidOf("series", studyInstanceUid);
 */
export async function uidOf(...content: readonly (string | Uint8Array)[]): Promise<string> {
  const parts = content.map((part) => (typeof part === "string" ? new TextEncoder().encode(part) : part));
  const measured = parts.flatMap((part) => [new Uint8Array(new Uint32Array([part.length]).buffer), part]);
  return uuidUid(new Uint8Array(await crypto.subtle.digest("SHA-256", concat(measured) as Uint8Array<ArrayBuffer>)));
}

/** The first 16 bytes of a digest as a UID: version 8 (custom) and variant as RFC 9562 wants them, so that it never begins with 0. */
export function uuidUid(digest: Uint8Array): string {
  const bits = digest.subarray(0, 16).reduce((all, byte) => (all << 8n) | BigInt(byte), 0n);
  const stamped = (bits & ~((0xfn << 76n) | (3n << 62n))) | (8n << 76n) | (2n << 62n);
  return `2.25.${stamped}`;
}
