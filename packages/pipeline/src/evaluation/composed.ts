import { tableError } from "./rows.ts";

/** Beyond what Unicode calls safe for a stream (30, UAX #15). To put marks into their order takes the square of how many stand in a row. */
const mostMarks = 64;

/**
 * A text in the one form of each letter that Unicode calls composed (NFC).
 *
 * @throws PipelineError `table`, which names the file, for more than 64 marks (accents, vowel signs) in a row.
 */
export function composed(text: string, file: string): string {
  let marks = 0;
  for (let at = 0; at < text.length; at++) {
    const point = text.codePointAt(at)!;
    // No mark stands below; and each of those above the first plane is two letters long.
    marks = point >= 0x300 && /\p{M}/u.test(String.fromCodePoint(point)) ? marks + 1 : 0;
    if (point > 0xffff) at++;
    if (marks > mostMarks) throw tableError(`Expected ${file} to have at most ${mostMarks} combining marks in a row`);
  }
  return text.normalize("NFC");
}
