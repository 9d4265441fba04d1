/** Objects and lists within each other; a header needs three. */
const maxDepth = 16;

/**
 * A key that some object of a JSON text says twice, or undefined. `JSON.parse` keeps the last one in silence, and two readers of one file may then
 * see two files. The text must be valid JSON; it may be of any length, for no regular expression runs over it.
 *
 * @throws RangeError where objects and lists are nested deeper than any header.
 */
export function repeatedKey(json: string): string | undefined {
  const seen: Set<string>[] = [];
  let text = "";
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === "{" || character === "[") {
      if (seen.push(new Set()) > maxDepth) throw new RangeError(`Expected at most ${maxDepth} levels, got more`);
    } else if (character === "}" || character === "]") seen.pop();
    else if (character === '"') {
      const start = at;
      at = closingQuote(json, at);
      text = json.slice(start, at + 1);
    } else if (character === ":") {
      // Escapes are another way to spell the same key.
      const key: string = JSON.parse(text);
      const keys = seen[seen.length - 1]!;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}

/** Where the text that begins at `start` ends: at the next quote that no backslash stands before. */
function closingQuote(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at;
}
