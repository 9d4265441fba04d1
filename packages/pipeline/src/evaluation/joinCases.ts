import type { DelimitedRow } from "@mammo/files";
import { requireKnownKeys } from "@mammo/mammogram";
import { keyOf } from "./caseKeys.ts";
import { type Labels, labelRows } from "./labelRows.ts";
import { caseKeys, nameColumns, parseRename, spellingsWith } from "./nameColumns.ts";
import { pairRows } from "./pairRows.ts";
import { decimalOf, isMissing, type Rows, shown, tableError } from "./rows.ts";

/** A named list with one value for each case. */
export interface Column<Value> {
  readonly name: string;
  readonly values: readonly Value[];
}

/** Cases with all that is said of them, ready for @mammo/metrics. */
export interface Cases {
  readonly labels: readonly number[];
  readonly clusters: readonly string[];
  readonly clusterName: string;
  readonly models: readonly Column<number>[];
  readonly readers: readonly Column<number>[];
  readonly groups: readonly Column<string>[];
  /** What was left out, merged or taken for something else, and why. */
  readonly notes: readonly string[];
}

/** Which columns are taken; undefined: the usual ones. */
export interface CaseColumns {
  readonly label: string | undefined;
  /** The label that counts as 1, such as `malignant` or 2; all others are 0 then. */
  readonly positive?: string | undefined;
  /** Names or patterns with `*`, separated by commas. */
  readonly scores: string | undefined;
  readonly readers: string | undefined;
  readonly groups: string | undefined;
  readonly cluster: string | undefined;
  /** New names of columns, `patient=subjectId,breast=laterality`; patient_id, side and the like are known. */
  readonly rename?: string | undefined;
  /** The columns that name a case together, separated by commas, such as `image_id`: default subjectId, examIndex, laterality and imageIndex, those that there are. */
  readonly key?: string | undefined;
  /** Whether rows of one table that name the same case are cases of their own, such as images of one breast. Default false: refused. */
  readonly repeated?: boolean;
  /** Keep the cases that have both a label and a prediction. Default false: a label without a prediction is refused. */
  readonly common?: boolean;
}

/**
 * Puts predictions and labels together; with one table, both are in it.
 *
 * Keys must be there and name one case each; scores are decimal numbers. Whatever is merged, left out or guessed is told in `notes`.
 *
 * @throws PipelineError `table`, which names file and row.
 */
export function joinCases(givenPredictions: Rows, givenTruth: Rows | undefined, wanted: CaseColumns): Cases {
  requireKnownKeys("joinCases", wanted, {
    label: true,
    positive: true,
    scores: true,
    readers: true,
    groups: true,
    cluster: true,
    rename: true,
    key: true,
    repeated: true,
    common: true,
  });
  const given = givenTruth === undefined ? [givenPredictions] : [givenPredictions, givenTruth];
  const rename = parseRename(wanted.rename, given);
  const asked = new Set([wanted.label, wanted.cluster, ...(wanted.groups?.split(",") ?? [])].filter((name) => name !== undefined));
  const [predictions, truth] = given.map((table) => nameColumns(table, rename, asked, spellingsWith(wanted.key))) as [Rows, Rows | undefined];
  const notes = [predictions, truth].flatMap((table) => table?.notes ?? []);
  const labeled = labelRows(truth ?? predictions, wanted, { scored: truth === undefined, notes });
  const models = scoreColumns(predictions, wanted.scores);
  const readers = wanted.readers === undefined ? [] : matching(predictions, wanted.readers, "--readers");
  const found =
    truth === undefined
      ? alone(predictions, labeled, wanted, notes)
      : pairRows(predictions, truth, labeled, { key: wanted.key, common: wanted.common ?? false, notes });
  const kept = found.filter(({ label }) => label.label !== undefined);
  if (kept.length < found.length) notes.push(`${found.length - kept.length} cases not imaged (.) or masked (*) are left out`);
  const positives = kept.filter(({ label }) => label.label === 1).length;
  if (positives === 0 || positives === kept.length)
    throw tableError(
      `Expected cases with label 0 and cases with label 1 in ${(truth ?? predictions).file}, got ${positives} positive of ${kept.length}`,
    );
  if (wanted.positive !== undefined) notes.push(`the label given by --positive counts as 1, all others as 0`);
  const numbers = (name: string): Column<number> => {
    const place = predictions.columns.indexOf(name);
    return { name, values: kept.map(({ row }) => readScore(predictions, row, place)) };
  };
  const isKnown = (name: string) => predictions.columns.includes(name) || labeled.has(name);
  const texts = (name: string, option: string): Column<string> => {
    const place = predictions.columns.indexOf(name);
    if (!isKnown(name)) throw tableError(`Expected a column ${name} (${option}) in ${predictions.file}${truth ? ` or ${truth.file}` : ""}, got none`);
    return { name, values: kept.map(({ row, label }) => (place >= 0 ? row.cells[place]! : labeled.cell(label, name))) };
  };
  const clusterName = wanted.cluster ?? (isKnown("subjectId") ? "subjectId" : undefined);
  const [modelScores, readerScores] = [models.map(numbers), readers.map(numbers)];
  const clusters = clusterName === undefined ? kept.map((_, i) => String(i)) : texts(clusterName, "--cluster").values;
  const nameless = clusters.findIndex(isMissing);
  if (nameless >= 0)
    throw tableError(`Expected a ${clusterName} for row ${kept[nameless]!.row.line} of ${predictions.file}, got "${clusters[nameless]}"`);
  if (new Set(clusters).size < 2) throw tableError(`Expected at least two different ${clusterName} to draw from, got 1`);
  if (clusterName === undefined)
    notes.push("no column says whose a row is (subjectId, --cluster or --rename): rows are taken as independent, two breasts of a woman too");
  else if (clusterName !== "subjectId" && isKnown("subjectId"))
    for (const note of divided(texts("subjectId", "").values, clusters, clusterName)) notes.push(note);
  return {
    labels: kept.map(({ label }) => label.label!),
    clusters,
    clusterName: clusterName ?? "row",
    models: modelScores,
    readers: readerScores,
    groups: (wanted.groups?.split(",") ?? []).map((name) => texts(name, "--groups")),
    notes,
  };
}

/** The rows of a table that holds both scores and labels. */
function alone(table: Rows, labeled: Labels, { cluster, key: wantedKey, repeated = false }: CaseColumns, notes: string[]) {
  const own = caseKeys(table, wantedKey);
  // Where a row is a side of something, that of which it is a side belongs to its name.
  const keys =
    wantedKey !== undefined || own.length === 0 || own.includes("subjectId") || cluster === undefined || !table.columns.includes(cluster)
      ? own
      : [cluster, ...own];
  const names = keys.length > 0 ? keys : table.columns;
  const before = new Map<string, number>();
  let again = 0;
  for (const label of labeled.rows) {
    const { row } = label;
    const key = keys.length > 0 ? keyOf(names, (name) => labeled.cell(label, name), table, row.line) : JSON.stringify(row.cells);
    const first = before.get(key);
    if (first === undefined) before.set(key, row.line);
    else if (keys.length > 0 && !repeated)
      throw tableError(
        `Expected each ${names.join(" + ")} once in ${table.file}, got row ${row.line} like row ${first}; --repeated takes them as cases of their own, --key and --rename name other key columns`,
      );
    else again++;
  }
  if (again > 0)
    notes.push(`${again} rows name a case that an earlier row names${keys.length > 0 ? "" : ", cell for cell"}: they count as cases of their own`);
  return labeled.rows.map((label) => ({ label, row: label.row }));
}

/** Women whose rows are drawn apart from each other. */
function divided(women: readonly string[], clusters: readonly string[], clusterName: string): string[] {
  const of = new Map<string, Set<string>>();
  for (const [i, woman] of women.entries()) of.set(woman, (of.get(woman) ?? new Set()).add(clusters[i]!));
  const count = [...of.values()].filter(({ size }) => size > 1).length;
  return count === 0 ? [] : [`${count} subjectId have rows in more than one ${clusterName}: these are taken as independent`];
}

/** Whether each of several files holds labels and scores of its own: then none of them is the labels. Gives their column of labels. */
export function commonLabel(files: readonly Rows[], wanted: Pick<CaseColumns, "label" | "scores">): string | undefined {
  requireKnownKeys("commonLabel", wanted, { label: true, scores: true });
  const { label, scores } = wanted;
  const column = label ?? ["cancer", "label"].find((name) => files[0]!.columns.includes(name));
  const patterns = scores?.split(",").map((pattern) => matcher(pattern)) ?? usualScores.map(matcher);
  const holdsBoth = ({ columns }: Rows) => columns.includes(column!) && columns.some((name) => patterns.some((one) => one.test(name)));
  return files.length > 1 && column !== undefined && files.every(holdsBoth) ? column : undefined;
}

const usualScores = ["confidence", "score", "probability"];

/** The columns of scores: those that are asked for, else the first of the usual names that there is. */
export const scoreColumns = (table: Rows, scores: string | undefined): readonly string[] =>
  matching(table, scores ?? firstOf(table, usualScores), "--score");

function firstOf(table: Rows, names: readonly string[]): string {
  const found = names.find((name) => table.columns.includes(name));
  if (found === undefined)
    throw tableError(`Expected ${table.file} to have a column ${names.join(", ")} or one named by --score, got ${table.columns.length} others`);
  return found;
}

/** A name in which `*` stands for anything. */
function matcher(pattern: string): RegExp {
  const escaped = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`);
}

function matching(table: Rows, patterns: string, option: string): readonly string[] {
  return patterns.split(",").flatMap((pattern) => {
    const columns = table.columns.filter((column) => matcher(pattern).test(column));
    if (columns.length === 0) throw tableError(`Expected a column ${pattern} (${option}) in ${table.file}, got ${table.columns.length} others`);
    return columns;
  });
}

function readScore(table: Rows, { line, cells }: DelimitedRow, column: number): number {
  const score = decimalOf(cells[column]!);
  if (Number.isNaN(score))
    throw tableError(`Expected a decimal number as ${table.columns[column]} in row ${line} of ${table.file}, got ${shown(cells[column]!)}`);
  return score;
}
