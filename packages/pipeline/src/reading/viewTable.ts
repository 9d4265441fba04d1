import { basename, dirname, resolve } from "node:path";
import { FilesError, parseDelimited } from "@mammo/files";
import { readRegularFile } from "@mammo/files/node";
import { isViewPosition, type Laterality, viewPositions } from "@mammo/mammogram";
import { groupBy } from "../groupBy.ts";
import { PipelineError } from "../pipelineError.ts";
import type { FileReading } from "./fileReading.ts";

/** A table of views as it was read. */
export interface ViewTable {
  /** The folder that its paths are counted from. */
  readonly folder: string;
  readonly rows: readonly { readonly line: number; readonly file: string; readonly reading: FileReading }[];
}

const sides: Readonly<Record<string, Laterality>> = { L: "L", R: "R", LEFT: "L", RIGHT: "R" };
const required = ["file", "laterality", "view"];
/** Any of these, together, name an exam. */
const whose = ["patient", "study", "exam"];

/**
 * A CSV or tab-separated table of which file shows which view -> its rows.
 *
 * | column | |
 * | --- | --- |
 * | `file` | path from the table's folder, or a name that only one file has |
 * | `laterality` | L, R, LEFT, RIGHT |
 * | `view` | one of the challenge's 16 codes: CC, MLO, … |
 * | `patient`, `study`, `exam` (optional) | rows with the same in all of them are one exam; without, files are one exam that name the same study |
 * | `mm_per_pixel` (optional) | of the file, where it states none |
 *
 * Other columns are not read. Ours.
 *
 * @throws PipelineError `table` naming row and column and what was expected there, `missing-file` where there is no such table; never a cell's value.
 * @example const views = await readViewTable("films.csv");
 */
export async function readViewTable(path: string): Promise<ViewTable> {
  const bytes = await readRegularFile(path, { maxBytes: 2 ** 26 }).catch((cause: unknown) => {
    throw new PipelineError("missing-file", `Expected the table of views to be a file that can be read, got none`, { cause });
  });
  const text = new TextDecoder().decode(bytes);
  const head = text.slice(0, text.search(/[\r\n]|$/));
  const { columns, rows } = parsed(text, head.includes("\t") ? "\t" : head.includes(";") ? ";" : ",");
  for (const name of required)
    if (!columns.includes(name)) throw new PipelineError("table", `Expected a column ${name} in the table of views, beside ${required.filter((one) => one !== name).join(" and ")}`); // biome-ignore format: one sentence
  const named = whose.filter((name) => columns.includes(name));
  return {
    folder: dirname(resolve(path)),
    rows: rows.map(({ line, cells }) => {
      const cell = (name: string): string => cells[columns.indexOf(name)] ?? "";
      const expected = (what: string) => new PipelineError("table", `Expected row ${line} of the table of views to have ${what}`);
      const [file, side, view, mm] = [cell("file"), cell("laterality").toUpperCase(), cell("view").toUpperCase(), cell("mm_per_pixel")];
      if (file === "") throw expected("a file");
      if (!Object.hasOwn(sides, side)) throw expected("a laterality of L, R, LEFT or RIGHT");
      if (!isViewPosition(view)) throw expected(`a view of ${viewPositions.join(" ")}`);
      const size = Number(mm);
      if (mm !== "" && !(size > 0 && size < 100)) throw expected("mm_per_pixel above 0, or none");
      return {
        line,
        file,
        reading: {
          laterality: sides[side]!,
          view,
          ...(named.length > 0 ? { exam: JSON.stringify(named.map(cell)) } : {}),
          ...(mm === "" ? {} : { mmPerPixel: [size, size] as const }),
        },
      };
    }),
  };
}

function parsed(text: string, separator: "," | ";" | "\t"): ReturnType<typeof parseDelimited> {
  try {
    return parseDelimited(text, { separator });
  } catch (cause) {
    if (!(cause instanceof FilesError)) throw cause;
    throw new PipelineError("table", `The table of views, ${cause.message}`, { cause });
  }
}

/**
 * What the table says, by file.
 *
 * @throws PipelineError `table` where a row could mean several files, where two rows mean one, or where no row means any.
 */
export function matchViewTable({ folder, rows }: ViewTable, files: readonly string[]): ReadonlyMap<string, FileReading> {
  const known = new Set(files);
  const byName = groupBy(files, (file) => basename(file));
  const found = new Map<string, FileReading>();
  for (const { line, file, reading } of rows) {
    const path = resolve(folder, file);
    const meant = known.has(path) ? [path] : file === basename(file) ? (byName.get(file) ?? []) : [];
    if (meant.length > 1)
      throw new PipelineError("table", `Expected row ${line} of the table of views to mean one file, got ${meant.length} of that name; name it by its path from the table's folder`); // biome-ignore format: one sentence
    if (meant.some((one) => found.has(one))) throw new PipelineError("table", `Expected one row of the table of views for each file, got another in row ${line}`); // biome-ignore format: one sentence
    for (const one of meant) found.set(one, reading);
  }
  if (found.size === 0)
    throw new PipelineError(
      "table",
      "Expected the table of views to name at least one of the files, got none; its paths count from the table's folder",
    );
  return found;
}
