import { type ByteSource, bytesIn, type Readable, readExactly, sourceOf } from "../byteSource.ts";
import { DicomError } from "../dicomError.ts";
import { inflate } from "../inflate.ts";
import { type Limits, limitsOf } from "../limits.ts";
import { tags } from "../tags.ts";
import { encodingOf, TransferSyntax } from "../transferSyntax.ts";
import type { DataElement, DataSet } from "./dataSet.ts";
import { readDataSet } from "./readDataSet.ts";
import { readPixelData } from "./readPixelData.ts";
import { uid } from "./values.ts";

/** A parsed file: its elements, pixels still encoded and still in their source. */
export interface DicomFile {
  readonly dataSet: DataSet;
  readonly transferSyntax: string;
  /** What the pixels are read from: the file or, if that is deflated, what it holds. */
  readonly source: ByteSource;
  /** The byte behind the last element that was read. */
  readonly end: number;
}

/** How much of a file is read to find its pixels, at first. */
const firstRead = 2 ** 18;

/**
 * Part 10 -> elements, without the pixels: those stay where they are until a frame is asked for. Files without preamble or meta group are
 * read by what their first element looks like, as DCMTK and GDCM do.
 *
 * @throws DicomError `not-a-file`, `not-dicom`, `truncated`, `invalid-structure`, `limit-exceeded`, `missing-attribute`.
 * @example const file = await parseDicom(await readFile("view.dcm"));
 */
export async function parseDicom(readable: Readable, changed: Partial<Limits> = {}): Promise<DicomFile> {
  const limits = limitsOf(changed);
  const source = sourceOf(readable);
  if (source.size > limits.fileBytes)
    throw new DicomError("limit-exceeded", `Expected a file of at most ${limits.fileBytes} bytes`, { offset: limits.fileBytes });
  const whole = bytesIn(readable);
  if (whole) return withPixels(await readHeader(whole, source, limits), limits);
  for (let wanted = firstRead; ; wanted *= 4) {
    const size = Math.min(wanted, source.size);
    const isWhole = size === source.size;
    const bytes = await readExactly(source, 0, size);
    const header = await readHeader(bytes, source, limits).catch((error: unknown) => {
      // What looks broken may only be cut off.
      if (!isWhole && error instanceof DicomError && (error.code === "truncated" || error.code === "invalid-structure")) return undefined;
      throw error;
    });
    if (header && (isWhole || header.hasPixels)) return withPixels(header, limits);
    if (size > limits.headerBytes)
      throw new DicomError("limit-exceeded", `Expected at most ${limits.headerBytes} bytes before the pixels`, { offset: limits.headerBytes });
  }
}

interface Header extends DicomFile {
  readonly dataSet: DataSet & { readonly elements: Map<number, DataElement> };
  readonly hasPixels: boolean;
  readonly explicit: boolean;
}

async function withPixels({ hasPixels, explicit, ...file }: Header, limits: Limits): Promise<DicomFile> {
  if (!hasPixels) return file;
  const { littleEndian, elements } = file.dataSet;
  const element = await readPixelData(file.source, { position: file.end, explicit, littleEndian, limits });
  elements.set(tags.PixelData, element);
  return { ...file, end: element.offset + element.length };
}

/** The elements before Pixel Data, of the first bytes of a source. */
async function readHeader(bytes: Uint8Array, source: ByteSource, limits: Limits): Promise<Header> {
  const header = (from: Uint8Array, of: ByteSource, start: number, transferSyntax: string): Header => {
    const stop = (tag: number): boolean => tag === tags.PixelData;
    const { dataSet, position, explicit } = readDataSet(from, { start, limits, stop, ...encodingOf(transferSyntax) });
    const hasPixels = from.length - position >= 8 && tagAt(from, position, dataSet.littleEndian) === tags.PixelData;
    return { dataSet, transferSyntax, source: of, end: position, explicit, hasPixels };
  };
  const hasPreamble = String.fromCharCode(...bytes.subarray(128, 132)) === "DICM";
  const start = hasPreamble ? 132 : 0;
  const hasMeta = bytes[start] === 2 && bytes[start + 1] === 0 && bytes.length >= start + 8;
  if (!hasMeta) {
    const guess = guessTransferSyntax(bytes, start);
    if (guess === undefined)
      throw new DicomError("not-dicom", "Expected DICOM Part 10: a preamble with DICM at byte 128, or a data set", { offset: start });
    return header(bytes, source, start, guess);
  }
  const meta = readDataSet(bytes, { start, explicit: true, littleEndian: true, limits, stop: (tag) => Math.floor(tag / 65536) !== 2 });
  const named = uid(meta.dataSet, tags.TransferSyntaxUID);
  const transferSyntax = named ?? guessTransferSyntax(bytes, meta.position);
  if (transferSyntax === undefined) throw new DicomError("missing-attribute", "Expected Transfer Syntax UID (0002,0010)", { offset: meta.position });
  if (transferSyntax !== TransferSyntax.deflatedExplicitLittleEndian) return header(bytes, source, meta.position, transferSyntax);
  // Deflate never grows by more than a thousandth.
  if (source.size - meta.position > limits.inflatedBytes * 1.001 + 64)
    throw new DicomError("limit-exceeded", `Expected a data set of at most ${limits.inflatedBytes} bytes once inflated`, { offset: meta.position });
  const inflated = await inflate(await readExactly(source, meta.position, source.size), {
    maxBytes: limits.inflatedBytes,
    format: "deflate-raw",
    offset: meta.position,
  });
  return header(inflated, sourceOf(inflated), 0, transferSyntax);
}

function tagAt(bytes: Uint8Array, at: number, littleEndian: boolean): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 4);
  return view.getUint16(0, littleEndian) * 65536 + view.getUint16(2, littleEndian);
}

/** The syntax that makes the first element a plausible one: a low even group and, if explicit, two capital letters. */
function guessTransferSyntax(bytes: Uint8Array, at: number): string | undefined {
  if (bytes.length < at + 8) return undefined;
  const capital = (byte: number | undefined): boolean => byte !== undefined && byte >= 65 && byte <= 90;
  const isExplicit = capital(bytes[at + 4]) && capital(bytes[at + 5]);
  const plausible = (group: number): boolean => group >= 4 && group <= 0x30 && group % 2 === 0;
  if (plausible(bytes[at]! + 256 * bytes[at + 1]!)) return isExplicit ? TransferSyntax.explicitLittleEndian : TransferSyntax.implicitLittleEndian;
  if (isExplicit && plausible(256 * bytes[at]! + bytes[at + 1]!)) return TransferSyntax.explicitBigEndian;
  return undefined;
}
