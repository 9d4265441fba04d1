/**
 * A table's bytes as text, and what had to be guessed.
 *
 * UTF-8; UTF-16 by its mark or by the zeros beside the first letter; what is neither is Windows-1252 (Latin-1), in which each byte is a letter: no two names become one.
 */
export function decodeText(bytes: Uint8Array): { readonly text: string; readonly encoding: "UTF-8" | "UTF-16" | "Windows-1252" } {
  const [first, second] = bytes;
  const read = (label: string, fatal = false) => new TextDecoder(label, { fatal }).decode(bytes);
  if ((first === 0xff && second === 0xfe) || (second === 0 && first !== 0)) return { text: read("utf-16le"), encoding: "UTF-16" };
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return { text: read("utf-16be"), encoding: "UTF-16" };
  try {
    return { text: read("utf-8", true), encoding: "UTF-8" };
  } catch {
    return { text: read("windows-1252"), encoding: "Windows-1252" };
  }
}
