import { bytesIn, requireReadable } from "../byteSource.ts";
import { tags } from "../tags.ts";
import { boundaryIn } from "./boundary.ts";
import { type DicomJson, jsonValues, readDicomJson } from "./dicomJson.ts";
import { DicomWebError } from "./dicomWebError.ts";
import { type Connection, request } from "./request.ts";
import type { DicomWebLimits } from "./webLimits.ts";

/** What a server made of the files that it was sent. */
export interface Stored {
  readonly stored: number;
  /** Failure Reason (0008,1197) of each file that it refused (PS3.18 table I.2-2); undefined where it gave none. */
  readonly failed: readonly (number | undefined)[];
}

/** @throws DicomWebError, also `refused` where the server took none of the files and named none. */
export async function store(
  connection: Connection,
  files: readonly Uint8Array[],
  options: { readonly path: string; readonly limits: Pick<DicomWebLimits, "jsonBytes" | "jsonValues">; readonly signal?: AbortSignal | undefined },
): Promise<Stored> {
  const all = files.map((one) => bytesIn(one) ?? requireReadable(one));
  const boundary = boundaryIn(all);
  const parts = all.flatMap((bytes) => [`--${boundary}\r\ncontent-type: application/dicom\r\n\r\n`, bytes as Uint8Array<ArrayBuffer>, "\r\n"]);
  const answer = await request(connection, {
    path: options.path,
    accept: "application/dicom+json",
    signal: options.signal,
    body: new Blob([...parts, `--${boundary}--\r\n`]),
    contentType: `multipart/related; type="application/dicom"; boundary=${boundary}`,
    alsoGood: [409], // Nothing was stored; the body says why.
  });
  const [told = {}] = await readDicomJson(answer, options.limits).catch((cause: unknown) => {
    // The status alone says that nothing was stored, whatever the body is.
    if (answer.status === 409 && cause instanceof DicomWebError && cause.code === "invalid-response") return [];
    throw cause;
  });
  // An item without elements may be written as null (PS3.18 section F.2.5).
  const items = (tag: number) => jsonValues(told, tag) as readonly (DicomJson | null)[];
  const failed = items(tags.FailedSOPSequence).map((item) => {
    const [reason] = jsonValues(item ?? {}, tags.FailureReason);
    return typeof reason === "number" ? reason : undefined;
  });
  const stored = items(tags.ReferencedSOPSequence).length;
  if (stored + failed.length === 0) throw new DicomWebError("refused", "Expected the server to say which files it stored", answer.status);
  return { stored, failed };
}
