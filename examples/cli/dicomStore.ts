import { readRegularFile } from "@mammo/files/node";
import { DicomWebError, dicomWebClient } from "@mammo/io";
import { UsageError } from "./program.ts";

/** What became of DICOM files that were to be stored. */
export interface StoreCounts {
  readonly stored: number;
  /** That the service did not take, or gave no answer for. */
  readonly refused: number;
  /** Of exams after one that got no answer. */
  readonly notSent: number;
  /** Failure Reasons (0008,1197) in hexadecimal, and codes of `DicomWebError`. */
  readonly reasons: readonly string[];
}

/** A DICOMweb service that results are sent to. */
export interface DicomStore {
  /** All objects of one exam in one request. */
  send(files: readonly Uint8Array[]): Promise<void>;
  counts(): StoreCounts;
}

/**
 * A store by STOW-RS; `authorization` is a file that holds the header. What is not stored is counted, not thrown: scores are there all the same. A service that cannot be reached is not asked again.
 *
 * @throws UsageError for a URL or a header that HTTP does not allow.
 */
export async function dicomStore(url: string, authorization: string | undefined): Promise<DicomStore> {
  const header =
    authorization === undefined ? undefined : new TextDecoder().decode(await readRegularFile(authorization, { maxBytes: 2 ** 16 })).trim();
  const client = clientOf(url, header);
  let [stored, refused, notSent] = [0, 0, 0];
  let isLost = false;
  const reasons = new Set<string>();
  return {
    async send(files) {
      if (isLost) {
        notSent += files.length;
        return;
      }
      try {
        const answer = await client.store(files);
        stored += answer.stored;
        refused += files.length - answer.stored;
        for (const reason of answer.failed)
          reasons.add(reason === undefined ? "no reason given" : reason.toString(16).toUpperCase().padStart(4, "0"));
      } catch (error) {
        if (!(error instanceof DicomWebError)) throw error;
        refused += files.length;
        reasons.add(error.code);
        isLost = error.code !== "refused";
      }
    },
    counts: () => ({ stored, refused, notSent, reasons: [...reasons] }),
  };
}

function clientOf(url: string, header: string | undefined): ReturnType<typeof dicomWebClient> {
  try {
    return dicomWebClient({ url, ...(header === undefined ? {} : { headers: { authorization: header } }) });
  } catch (cause) {
    throw new UsageError(`${(cause as Error).message}: see --store and --authorization`, { cause });
  }
}
