import { countLineEnds } from "@mammo/files";
import { CohortError } from "./cohortError.ts";
import { requireShort } from "./textLimits.ts";

/** A value of a property list: text for strings, numbers, dates and data alike. */
export type Plist = string | boolean | readonly Plist[] | { readonly [key: string]: Plist };

type Open = { readonly kind: "array"; readonly items: Plist[] } | { readonly kind: "dict"; readonly entries: Record<string, Plist>; key?: string };

const token = /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!DOCTYPE[^>[]*>|<(\/?)([a-z]+)(?:\s[^<>]*?)?(\/?)>|[^<]+/gy;
const leaf = new Set(["key", "string", "integer", "real", "date", "data"]);
const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
const deepest = 32;
/** Outlines of a film have some ten thousand; empty dictionaries take thirty times their letters. */
const mostElements = 2 ** 19;

/**
 * The text of an Apple XML property list -> its value. No entities beyond XML's five are known, and no document type is fetched.
 *
 * Source: Apple's PropertyList-1.0 DTD (re-implementation), read with a stack of its own. Not by the package `plist` (5.0.0), which takes 30 s over 6 MB of
 * strings, overflows the stack at 20,000 arrays inside each other, prints what is wrong, and accepts a key without its value.
 * @throws CohortError `invalid-value` naming the file and the line.
 */
export function parsePlist(text: string, options: { readonly file: string }): Plist {
  requireShort(text, { kind: "outlines", file: options.file });
  const stack: Open[] = [];
  let root: Plist | undefined;
  let [at, elements] = [0, 0];
  const expected = (what: string): CohortError =>
    new CohortError("invalid-value", `${options.file} row ${countLineEnds(text, at) + 1}: expected ${what}`);
  const put = (value: Plist): void => {
    const top = stack.at(-1);
    if (top === undefined) {
      if (root !== undefined) throw expected("one value");
      root = value;
    } else if (top.kind === "array") top.items.push(value);
    else {
      if (top.key === undefined) throw expected("a key");
      top.entries[top.key] = value;
      delete top.key;
    }
  };
  let inside: string | undefined; // The leaf whose text is being read.
  let content = "";
  for (at = 0; at < text.length; at = token.lastIndex) {
    token.lastIndex = at;
    const found = token.exec(text);
    if (found === null) throw expected("a property list");
    const [whole, closing, name, empty] = found;
    if (name === undefined) {
      if (whole.startsWith("<")) continue;
      if (inside !== undefined) content += whole;
      else if (whole.trim() !== "" && !(at === 0 && whole.trim() === "\uFEFF")) throw expected("a property list's element");
      continue;
    }
    if (!closing && ++elements > mostElements) throw expected(`at most ${mostElements} elements`);
    if (inside !== undefined) {
      if (!closing || name !== inside) throw expected(`the end of ${inside}`);
      const value = content.replace(/&(lt|gt|amp|quot|apos);/g, (_, entity: string) => entities[entity]!).trim();
      const top = stack.at(-1);
      if (inside !== "key") put(value);
      else if (top?.kind === "dict" && top.key === undefined) top.key = value;
      else throw expected("a key inside dict, followed by its value");
      [inside, content] = [undefined, ""];
    } else if (closing) {
      if (name === "plist") continue;
      const top = stack.pop();
      if (top?.kind !== name || (top.kind === "dict" && top.key !== undefined))
        throw expected("a value for each key, and an end for each array and dict");
      put(top.kind === "array" ? top.items : top.entries);
    } else if (name === "true" || name === "false") {
      if (!empty) throw expected(`${name} to be empty`);
      put(name === "true");
    } else if (leaf.has(name)) {
      if (empty) put("");
      else inside = name;
    } else if (name === "array" || name === "dict") {
      if (stack.length >= deepest) throw expected(`at most ${deepest} arrays and dicts inside each other`);
      const open: Open = name === "array" ? { kind: "array", items: [] } : { kind: "dict", entries: Object.create(null) };
      if (empty) put(open.kind === "array" ? open.items : open.entries);
      else stack.push(open);
    } else if (name !== "plist") throw expected("a property list's element");
  }
  if (root === undefined || stack.length > 0) throw expected("a whole property list");
  return root;
}
