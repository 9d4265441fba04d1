/**
 * The lines of a text without their ends (`\n` or `\r\n`), one after the other; behind the last end stands one more, perhaps empty. Unlike by `split`, no list of them all is made: one
 * of a hundred million lines ends the process.
 */
export function* linesOf(text: string): Generator<string, void> {
  for (let begin = 0; ; ) {
    const end = text.indexOf("\n", begin);
    if (end < 0) return yield text.slice(begin);
    yield text.slice(begin, end > begin && text[end - 1] === "\r" ? end - 1 : end);
    begin = end + 1;
  }
}

/** How many of a text's first letters end a line, `\r\n` once. */
export function countLineEnds(text: string, length = text.length): number {
  let count = 0;
  for (let at = 0; at < length; at++) {
    const letter = text.charCodeAt(at);
    if (letter === 0x0a || (letter === 0x0d && text.charCodeAt(at + 1) !== 0x0a)) count++;
  }
  return count;
}
