// Collections of films whose DICOM files say in other places what mammograms say in theirs.
import { tags } from "@mammo/io";
import type { Laterality, ViewPosition } from "@mammo/mammogram";
import { dataSetOf, textOf } from "./dataSetOf.ts";
import type { FileReading } from "./fileReading.ts";

/** How the files of a collection are read. */
export interface ReadingProfile {
  /** One sentence for a list of profiles. */
  readonly about: string;
  /** What one of its files says; undefined for a file that is not of the collection. */
  readonly read: (path: string) => Promise<FileReading | undefined>;
}

/** Of films digitized at 0.042 to 0.05 mm; no file says at which. Assumed. */
const filmMm = 0.047;

const sides: Readonly<Record<string, Laterality>> = { LEFT: "L", RIGHT: "R" };

/** Source: the naming of CBIS-DDSM at The Cancer Imaging Archive (documented): Mass-Training_P_00001_LEFT_CC, with a number behind it for crops and masks. */
const cbisName = /^(?:Mass|Calc)-(?:Training|Test)_(P_\d{5})_(LEFT|RIGHT)_(CC|MLO)(_\d+)?$/;

/** The known profiles by name. */
export const readingProfiles = {
  "cbis-ddsm": {
    about: `films of CBIS-DDSM as The Cancer Imaging Archive has them, side, view and woman from Patient ID, ${filmMm} mm a pixel assumed, crops and masks left out`,
    async read(path) {
      const [, woman, side, view, part] = cbisName.exec(await patientIdOf(path)) ?? [];
      if (woman === undefined) return undefined;
      return {
        exam: woman,
        laterality: sides[side!]!,
        view: view as ViewPosition,
        mmPerPixel: [filmMm, filmMm],
        isPart: part !== undefined,
      };
    },
  },
} as const satisfies Readonly<Record<string, ReadingProfile>>;

/** One of `readingProfiles`. */
export type ReadingProfileName = keyof typeof readingProfiles;

/** Which profile a file is of, and what that says of it; undefined for any other file. */
export async function profileOf(path: string): Promise<{ readonly name: ReadingProfileName; readonly reading: FileReading } | undefined> {
  for (const name of Object.keys(readingProfiles) as ReadingProfileName[]) {
    const reading = await readingProfiles[name].read(path);
    if (reading) return { name, reading };
  }
  return undefined;
}

/** Patient data: for a profile's eyes, never for a text. Empty where there is none, or no file that can be read. */
async function patientIdOf(path: string): Promise<string> {
  const dataSet = await dataSetOf(path).catch(() => undefined);
  return dataSet === undefined ? "" : textOf(dataSet, tags.PatientID);
}
