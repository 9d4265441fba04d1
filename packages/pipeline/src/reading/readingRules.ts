import type { MammoHeader } from "@mammo/io";
import type { WorkerReadOptions } from "@mammo/io/node";
import type { FileReading } from "./fileReading.ts";
import { profileOf, type ReadingProfileName, readingProfiles } from "./readingProfiles.ts";
import { matchViewTable, type ViewTable } from "./viewTable.ts";

/** How files are read that do not say all that is needed, such as scanned films. */
export interface ReadingRules {
  /** Also files of other SOP classes than mammography, such as secondary captures. Default false. */
  readonly anySopClass?: boolean;
  /** Of files that state no size of their pixels. */
  readonly mmPerPixel?: number | undefined;
  /** Of a collection whose files are known to say it elsewhere; its files are read whatever their SOP class. */
  readonly profile?: ReadingProfileName | undefined;
  /** Side and view by file, of `readViewTable`; its files are read whatever their SOP class. */
  readonly views?: ViewTable | undefined;
}

/** A file's reading by all rules. */
export interface RuledReading extends FileReading {
  /** Whether it is read whatever its SOP class: since all are, or since it is in the table or of the collection. */
  readonly anySopClass: boolean;
}

/**
 * The rules for these files as a function of a path: the table's row before the profile, the caller's pixel size before the profile's.
 *
 * @throws PipelineError `table` where a row of the table could mean several files, or none of its rows means one.
 */
export function fileReadings(
  { anySopClass = false, profile, views, mmPerPixel }: ReadingRules,
  files: readonly string[],
): (path: string) => Promise<RuledReading> {
  const rows = views && matchViewTable(views, files);
  const spacing = mmPerPixel === undefined ? {} : { mmPerPixel: [mmPerPixel, mmPerPixel] as const };
  return async (path) => {
    const row = rows?.get(path);
    const known = profile && (await readingProfiles[profile].read(path));
    return { ...known, ...spacing, ...row, anySopClass: anySopClass || row !== undefined || known !== undefined };
  };
}

/** A reading as the options of `readMammogram`. */
export const optionsOf = ({ anySopClass, laterality, view, mmPerPixel }: RuledReading): WorkerReadOptions => ({
  anySopClass,
  ...(laterality && { laterality }),
  ...(view && { view }),
  ...(mmPerPixel && { sourceMmPerPixel: mmPerPixel }),
});

/** What would let a file be read: all rules of the list together, or the profile alone. */
export interface ReadingNeeds {
  readonly rules: readonly ("anySopClass" | "views" | "mmPerPixel")[];
  readonly profile: ReadingProfileName | undefined;
}

/** What a file lacks beyond a reading, by its header; undefined where no rule could say it, and for what is no view. */
export async function readingNeeds(path: string, header: MammoHeader, reading: RuledReading): Promise<ReadingNeeds | undefined> {
  const hasView = (header.laterality ?? reading.laterality) !== undefined && (header.view.position ?? reading.view) !== undefined;
  const rules = [
    ...(header.isMammography || reading.anySopClass ? [] : ["anySopClass" as const]),
    ...(hasView ? [] : ["views" as const]),
    ...(header.spacing || reading.mmPerPixel ? [] : ["mmPerPixel" as const]),
  ];
  if (rules.length === 0) return undefined;
  const known = await profileOf(path);
  return known?.reading.isPart ? undefined : { rules, profile: known?.name };
}
