import { concat } from "../concat.ts";
import { DicomWebError } from "./dicomWebError.ts";
import type { Answer } from "./request.ts";

/**
 * The whole body of an answer.
 *
 * @throws DicomWebError `limit-exceeded` beyond `most` bytes; whatever `answer.next` throws.
 */
export async function readBody(answer: Answer, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let piece = await answer.next(); piece !== undefined; piece = await answer.next()) {
    size += piece.length;
    if (size > most) {
      answer.close();
      throw new DicomWebError("limit-exceeded", `Expected an answer of at most ${most} bytes`);
    }
    parts.push(piece);
  }
  return concat(parts);
}
