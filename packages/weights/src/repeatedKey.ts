/** Objects and lists within each other; a header needs three. */
const maxDepth = 16;

/**
 * A key that some object of a JSON text says twice, or undefined. `JSON.parse` keeps the last one in silence, and two readers of one file may then
 * see two files. To be asked before `JSON.parse`, whatever the text is and however long: what there is to parse is counted too, for a megabyte of `{},` takes some fifty of memory.
 *
 * @throws RangeError where objects and lists are nested deeper than any header, or are more than `most` together with the keys; SyntaxError for a key that is no text.
 */
export function repeatedKey(json: string, most: number): string | undefined {
  const seen: (Set<string> | undefined)[] = [];
  let [key, found] = ["", 0];
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '"') {
      const start = at;
      at = closingQuote(json, at);
      key = json.slice(start, at + 1);
    } else if (character === "}" || character === "]") seen.pop();
    else if (character === "{" || character === "[" || character === ":") {
      if (++found > most) throw new RangeError(`Expected at most ${most} objects, lists and keys, got more`);
      if (character !== ":") {
        if (seen.push(undefined) > maxDepth) throw new RangeError(`Expected at most ${maxDepth} levels, got more`);
        continue;
      }
      // Escapes are another way to spell the same key.
      const name: string = key.includes("\\") ? JSON.parse(key) : key.slice(1, -1);
      const keys = seen[seen.length - 1] ?? new Set();
      if (keys.has(name)) return name;
      seen[Math.max(seen.length - 1, 0)] = keys.add(name);
    }
  }
  return undefined;
}

/** Where the text that begins at `start` ends: at the next quote that no backslash stands before, or behind all. */
function closingQuote(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at;
}
