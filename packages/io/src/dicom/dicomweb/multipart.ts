import { type ByteScanner, byteScanner } from "./byteScanner.ts";
import { DicomWebError } from "./dicomWebError.ts";

const letters = (text: string): Uint8Array => new TextEncoder().encode(text);
const lineEnd = letters("\r\n");
const headersEnd = letters("\r\n\r\n");
const headBytes = 16_384;

/** The boundary that a Content-Type names, undefined where it names none. */
export function boundaryOf(contentType: string): string | undefined {
  if (!/^\s*multipart\/related\s*;/i.test(contentType)) return undefined;
  const found = /;\s*boundary\s*=\s*(?:"([^"]*)"|([^\s;"]+))/i.exec(contentType);
  const boundary = found?.[1] ?? found?.[2] ?? "";
  return /^[\x20-\x7e]{1,70}$/.test(boundary) ? boundary : undefined;
}

/**
 * The parts of a multipart/related body as they come, without their headers; one part is held at a time. Lengths that headers state are not believed: only the boundary ends a part.
 *
 * Source: RFC 2046 section 5.1 and RFC 2387 (re-implementation).
 * @throws DicomWebError `invalid-response`, `limit-exceeded`; whatever `next` throws.
 */
export async function* readMultipart(
  next: () => Promise<Uint8Array | undefined>,
  options: { readonly boundary: string; readonly partBytes: number; readonly parts: number; readonly onPart?: () => void },
): AsyncGenerator<Uint8Array, void> {
  const body = byteScanner(next);
  const delimiter = letters(`\r\n--${options.boundary}`);
  body.unread(lineEnd); // The first delimiter may open the body.
  await body.until(delimiter, { most: headBytes, what: "the text before the first part" });
  for (let count = 1; ; count++) {
    options.onPart?.();
    if (await isLast(body)) return;
    if (count > options.parts) throw new DicomWebError("limit-exceeded", `Expected at most ${options.parts} parts`);
    body.unread(lineEnd); // Of a part without headers this is all that stands before the empty line.
    await body.until(headersEnd, { most: headBytes, what: "a part's headers" });
    yield await body.until(delimiter, { most: options.partBytes, what: "a part" });
  }
}

/** What follows a delimiter: two hyphens after the last part, else the rest of its line. */
async function isLast(body: ByteScanner): Promise<boolean> {
  const first = await body.take(2);
  if (first[0] === 0x2d && first[1] === 0x2d) return true;
  body.unread(first);
  const line = await body.until(lineEnd, { most: headBytes, what: "a boundary's line" });
  if (line.some((byte) => byte !== 0x20 && byte !== 0x09)) throw new DicomWebError("invalid-response", "Expected a boundary to end its line");
  return false;
}
