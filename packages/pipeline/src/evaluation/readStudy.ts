import type { DelimitedRow } from "@mammo/files";
import { requireKnownKeys } from "@mammo/mammogram";
import { keyOf } from "./caseKeys.ts";
import { type LabelColumn, labelReader } from "./labelRows.ts";
import { caseKeys, caseSpellings, isSpelled, nameColumns, parseRename, spellingsWith } from "./nameColumns.ts";
import { naturalOrder } from "./naturalOrder.ts";
import { decimalOf, isMissing, type Rows, shown, tableError } from "./rows.ts";

/** A fully crossed reader study: every reader has rated every case with every treatment. */
export interface ReaderStudy {
  readonly treatments: readonly string[];
  readonly readers: readonly string[];
  readonly labels: readonly number[];
  readonly clusters: readonly string[];
  readonly clusterName: string;
  /** `ratings[treatment][reader]`: one for each case. */
  readonly ratings: readonly (readonly (readonly number[])[])[];
  /** What was left out, merged or taken for something else, and why. */
  readonly notes: readonly string[];
}

/** Which columns are taken; undefined: the usual ones. */
export interface StudyColumns extends LabelColumn {
  /** The ratings: default rating, confidence, score or probability. */
  readonly scores?: string | undefined;
  readonly cluster?: string | undefined;
  /** The columns that name a case together, separated by commas: default case, or those of the challenge that there are. */
  readonly key?: string | undefined;
  /** New names of columns: `modality=treatment,doctor=reader`; readerID, modality, caseID and the like are known. */
  readonly rename?: string | undefined;
  /** Keep the cases that every reader has rated with every treatment. Default false: ratings that are missing are refused. */
  readonly common?: boolean;
}

const studySpellings = {
  reader: ["reader", "readerid", "observer", "radiologist"],
  treatment: ["treatment", "treatmentid", "modality", "modalityid"],
  case: ["case", "caseid"],
  ...caseSpellings,
} as const;

/** Whether a table is one of readers, treatments and cases, by its heads. */
export const isLongStudy = ({ columns }: Rows): boolean =>
  (["reader", "treatment", "case"] as const).every((name) => columns.some((column) => isSpelled(column, studySpellings[name])));

/**
 * A reader study in long form, one rating a row: who read it (`reader`), with what (`treatment`), which `case`, the `truth` and the `rating`; the truth may lie in a table of its own.
 *
 * @throws PipelineError `table`, which names file and row, for ratings that are missing or come twice, and for contradicting truth.
 * @example const study = readStudy(await readRows("VanDyke.csv"), undefined, { label: undefined });
 */
export function readStudy(givenRatings: Rows, givenTruth: Rows | undefined, wanted: StudyColumns): ReaderStudy {
  requireKnownKeys("readStudy", wanted, { label: true, positive: true, scores: true, cluster: true, key: true, rename: true, common: true });
  const given = givenTruth === undefined ? [givenRatings] : [givenRatings, givenTruth];
  const rename = parseRename(wanted.rename, given);
  const asked = new Set([wanted.label, wanted.scores, wanted.cluster].filter((name) => name !== undefined));
  const [table, truth = table] = given.map((one) => nameColumns(one, rename, asked, spellingsWith(wanted.key, studySpellings))) as [
    Rows,
    Rows | undefined,
  ];
  const notes = [...new Set([table, truth].flatMap((one) => one.notes ?? []))];
  const [reader, treatment] = [placeOf(table, "reader"), placeOf(table, "treatment")];
  const rating = placeOf(table, wanted.scores, ["rating", "confidence", "score", "probability"], "--score");
  const isCase = wanted.key === undefined && table.columns.includes("case");
  const keys = isCase ? ["case"] : caseKeys(table, wanted.key, studySpellings);
  if (keys.length === 0)
    throw tableError(`Expected ${table.file} to have a column case, or those named by --key, got ${table.columns.length} others`);
  const caseOf = (one: Rows) => {
    const places = keys.map((name) => placeOf(one, name, [], "--key"));
    return (row: DelimitedRow) => keyOf(keys, (name) => row.cells[places[keys.indexOf(name)]!]!, one, row.line);
  };

  const key = caseOf(table);
  const found = collect(table, { reader, treatment, rating, keys, caseOf: key });
  const complete = completeCases(table, found, { common: wanted.common ?? false });
  if (complete.length < found.cases.size)
    notes.push(
      `${found.cases.size - complete.length} of ${found.cases.size} cases are not rated by every reader with every treatment and are left out`,
    );
  const labels = labelsOf(truth, caseOf(truth), wanted);
  const labeled = complete.map(([of, line]) => {
    if (!labels.has(of)) throw tableError(`Expected a truth in ${truth.file} for the case of row ${line} of ${table.file}, got none`);
    return { of, label: labels.get(of)!.label };
  });
  const kept = labeled.filter(({ label }) => label !== undefined);
  if (kept.length < labeled.length) notes.push(`${labeled.length - kept.length} cases not imaged (.) or masked (*) are left out`);
  const positives = kept.filter(({ label }) => label === 1).length;
  if (positives === 0 || positives === kept.length)
    throw tableError(`Expected cases with truth 0 and cases with truth 1 in ${truth.file}, got ${positives} positive of ${kept.length}`);
  if (wanted.positive !== undefined) notes.push("the label given by --positive counts as 1, all others as 0");

  const clusterName = wanted.cluster ?? (table.columns.includes("subjectId") ? "subjectId" : "case");
  const clusterOf = wanted.cluster === undefined && clusterName === "case" ? undefined : clustersOf(table, clusterName, key);
  const [treatments, readers] = [naturalOrder([...found.treatments.keys()]), naturalOrder([...found.readers.keys()])];
  return {
    treatments,
    readers,
    labels: kept.map(({ label }) => label!),
    clusters: kept.map(({ of }, k) => clusterOf?.get(of) ?? String(k)),
    clusterName,
    ratings: treatments.map((using) => readers.map((by) => kept.map(({ of }) => found.ratings.get(cellKey(using, by, of))!.value))),
    notes,
  };
}

/** Names of treatments, readers and cases with the first row that has each, and the ratings there are. */
interface Collected {
  readonly treatments: ReadonlyMap<string, number>;
  readonly readers: ReadonlyMap<string, number>;
  readonly cases: ReadonlyMap<string, number>;
  readonly ratings: ReadonlyMap<string, { readonly line: number; readonly value: number }>;
}

interface Places {
  readonly reader: number;
  readonly treatment: number;
  readonly rating: number;
  readonly keys: readonly string[];
  readonly caseOf: (row: DelimitedRow) => string;
}

function collect(table: Rows, { reader, treatment, rating, keys, caseOf }: Places): Collected {
  const [treatments, readers, cases] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
  const ratings = new Map<string, { readonly line: number; readonly value: number }>();
  const note = (seen: Map<string, number>, name: string, line: number) => {
    if (!seen.has(name)) seen.set(name, line);
    return name;
  };
  for (const row of table.rows) {
    const { line, cells } = row;
    const using = note(treatments, nameOf(table, row, treatment), line);
    const by = note(readers, nameOf(table, row, reader), line);
    const of = note(cases, caseOf(row), line);
    const cell = cells[rating]!;
    // As good as no row: told with what else is missing.
    if (isMissing(cell)) continue;
    const value = decimalOf(cell);
    if (Number.isNaN(value))
      throw tableError(`Expected a decimal number as ${table.columns[rating]} in row ${line} of ${table.file}, got ${shown(cell)}`);
    const before = ratings.get(cellKey(using, by, of));
    if (before !== undefined)
      throw tableError(`Expected each treatment + reader + ${keys.join(" + ")} once in ${table.file}, got row ${line} like row ${before.line}`);
    ratings.set(cellKey(using, by, of), { line, value });
  }
  for (const [name, { size }] of [
    ["treatment", treatments],
    ["reader", readers],
  ] as const)
    if (size < 2)
      throw tableError(
        `Expected at least two different values in the column ${name} of ${table.file}, got ${size}; --rename COLUMN=${name} names another`,
      );
  return { treatments, readers, cases, ratings };
}

/** The cases that have all their ratings, each with its first row. */
function completeCases({ file }: Rows, { treatments, readers, cases, ratings }: Collected, { common }: { readonly common: boolean }) {
  const all = treatments.size * readers.size * cases.size;
  if (ratings.size === all) return [...cases];
  return [...cases].filter(([of, line]) => {
    for (const [using, usingLine] of treatments)
      for (const [by, byLine] of readers) {
        if (ratings.has(cellKey(using, by, of))) continue;
        if (common) return false;
        throw tableError(
          `Expected ${all} ratings in ${file}, of each of ${cases.size} cases by each of ${readers.size} readers with each of ${treatments.size} treatments, got ${ratings.size}: none of the case of row ${line} by the reader of row ${byLine} with the treatment of row ${usingLine}; --common keeps the cases that have all`,
        );
      }
    return true;
  });
}

const cellKey = (...parts: readonly string[]): string => JSON.stringify(parts);

function placeOf({ file, columns }: Rows, name: string | undefined, usual: readonly string[] = [], option = `--rename COLUMN=${name}`): number {
  const column = name ?? usual.find((one) => columns.includes(one));
  const place = column === undefined ? -1 : columns.indexOf(column);
  if (place < 0)
    throw tableError(`Expected ${file} to have a column ${column ?? usual.join(", ")} or one named by ${option}, got ${columns.length} others`);
  return place;
}

function nameOf({ file, columns }: Rows, { line, cells }: DelimitedRow, place: number): string {
  const cell = cells[place]!;
  if (isMissing(cell)) throw tableError(`Expected a ${columns[place]} in row ${line} of ${file}, got "${cell}"`);
  return cell;
}

/** Of each case, which may stand in many rows. */
function labelsOf(truth: Rows, caseOf: (row: DelimitedRow) => string, { label, positive }: LabelColumn) {
  const place = placeOf(truth, label, ["truth", "cancer", "label"], "--label");
  const read = labelReader(truth.file, positive);
  const labels = new Map<string, { readonly label: 0 | 1 | undefined; readonly line: number }>();
  for (const row of truth.rows) {
    const [key, found] = [caseOf(row), read(row, place)];
    const before = labels.get(key);
    if (before !== undefined && before.label !== found)
      throw tableError(`Expected one truth for each case in ${truth.file}, got row ${row.line} unlike row ${before.line}`);
    if (before === undefined) labels.set(key, { label: found, line: row.line });
  }
  return labels;
}

function clustersOf(table: Rows, name: string, caseOf: (row: DelimitedRow) => string): ReadonlyMap<string, string> {
  const place = placeOf(table, name, [], "--cluster");
  const clusters = new Map<string, { readonly cluster: string; readonly line: number }>();
  for (const row of table.rows) {
    const [key, cluster] = [caseOf(row), nameOf(table, row, place)];
    const before = clusters.get(key);
    if (before !== undefined && before.cluster !== cluster)
      throw tableError(`Expected one ${name} for each case in ${table.file}, got row ${row.line} unlike row ${before.line}`);
    if (before === undefined) clusters.set(key, { cluster, line: row.line });
  }
  return new Map([...clusters].map(([key, { cluster }]) => [key, cluster]));
}
