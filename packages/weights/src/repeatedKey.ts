/**
 * A key that some object of a JSON text says twice, or undefined. `JSON.parse` keeps the last one in silence, and two readers of one file may then
 * see two files. The text must be valid JSON.
 */
export function repeatedKey(json: string): string | undefined {
  const seen: Set<string>[] = [];
  let text: string | undefined;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:,]/g)) {
    if (token === "{" || token === "[") seen.push(new Set());
    else if (token === "}" || token === "]") seen.pop();
    else if (token.startsWith('"')) text = token;
    else if (token === ":") {
      // Escapes are another way to spell the same key.
      const key: string = JSON.parse(text!);
      const keys = seen[seen.length - 1]!;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}
