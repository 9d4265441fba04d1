import { type ReadingProfileName, type ReadingRules, readingProfiles, readViewTable } from "@mammo/pipeline/node";
import type { Values } from "./program.ts";

/** Size of a pixel, of files that do not state it. */
export const sourceMmPerPixel = { kind: "number", range: [0.01, 5], help: "mm of a pixel, of files that do not state it" } as const;

/** Options for files that do not say all that is needed, such as scanned films. */
export const readingOptions = {
  "any-sop-class": { kind: "flag", help: "also reads files of other SOP classes than mammography, such as secondary captures of films" },
  views: {
    kind: "text",
    help: "CSV or TSV with columns file, laterality (L, R), view (CC, MLO, ...), and optional patient, study, exam (rows alike are one exam), mm_per_pixel: reads these files where they do not say it themselves",
  },
  profile: {
    kind: "text",
    choices: Object.keys(readingProfiles),
    help: Object.entries(readingProfiles).map(([name, { about }]) => `${name}: ${about}`).join("; "), // biome-ignore format: one text
  },
} as const;

type ReadingValues = Values<typeof readingOptions> & { readonly sourceMmPerPixel: number | undefined };

/** The options as rules for reading; the table is read. */
export async function readingRules({ sourceMmPerPixel: mmPerPixel, ...values }: ReadingValues): Promise<ReadingRules> {
  return {
    anySopClass: values["any-sop-class"],
    mmPerPixel,
    profile: values.profile as ReadingProfileName | undefined,
    views: values.views === undefined ? undefined : await readViewTable(values.views),
  };
}

/** What was not taken from the files themselves, in words; undefined where all was. */
export function describeReading({ anySopClass, mmPerPixel, profile, views }: ReadingRules): string | undefined {
  const stated = [
    ...(profile ? [`read by the profile ${profile}: ${readingProfiles[profile].about}`] : []),
    ...(views ? [`side and view by a table of ${views.rows.length} rows`] : []),
    ...(mmPerPixel ? [`${mmPerPixel} mm a pixel`] : []),
    ...(anySopClass ? ["all SOP classes are read"] : []),
  ];
  return stated.length === 0 ? undefined : stated.join("; ");
}
