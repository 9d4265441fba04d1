import { keyHash } from "@mammo/mammogram";

/** A UID under 2.25 (PS3.5 B.2: a UUID as a decimal number) that belongs to a path, always the same. */
export function uidOf(...path: readonly (number | string)[]): string {
  const words = [0, 1, 2, 3].map((word) => BigInt(keyHash("uid", word, ...path)));
  // Version 8 (custom) and variant bits as RFC 9562 wants them.
  const bits = words.reduce((all, word) => (all << 32n) | word, 0n);
  const stamped = (bits & ~((0xfn << 76n) | (3n << 62n))) | (8n << 76n) | (2n << 62n);
  return `2.25.${stamped}`;
}
