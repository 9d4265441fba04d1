import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type AnalysisOptions, analyze } from "../src/evaluation/analyze.ts";
import { figuresOf } from "../src/evaluation/figures.ts";
import { htmlReport } from "../src/evaluation/htmlReport.ts";
import { type CaseColumns, joinCases } from "../src/evaluation/joinCases.ts";
import { markdownReport } from "../src/evaluation/markdownReport.ts";
import { readRows } from "../src/evaluation/readRows.ts";
import { describeAnalysis, tablesOf } from "../src/evaluation/tables.ts";

const folder = mkdtempSync(join(tmpdir(), "mammo-doors-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const columns: CaseColumns = { label: undefined, scores: undefined, readers: undefined, groups: undefined, cluster: undefined };
const options: AnalysisOptions = { seed: 1, resamples: 20, minSensitivity: 0.8, threshold: undefined, prevalence: 0.0035 };

let files = 0;
/** A file of lines, as text or in another encoding. */
async function table(lines: readonly string[], encode: (text: string) => Buffer | string = (text) => text, ending = "csv") {
  const path = join(folder, `t${++files}.${ending}`);
  writeFileSync(path, encode(`${lines.join("\n")}\n`));
  return readRows(path, { called: basename(path) });
}
const joinTables = async (lines: readonly string[], labels?: readonly string[], wanted: Partial<CaseColumns> = {}) =>
  joinCases(await table(lines), labels && (await table(labels)), { ...columns, ...wanted });

const head = "subjectId,laterality,confidence,cancer";
const rows = ["p,L,0.9,1", "p,R,0.1,0", "q,L,0.3,0", "q,R,0.2,1"];

describe("accents", () => {
  it("are composed, but for more in a row than any letter has, which would take minutes", async () => {
    const marks = (count: number): string => `a${"\u0301\u0323".repeat(count)}`;
    expect((await table([head, `${marks(32)},L,0.5,0`])).rows[0]!.cells[0]).toBe(marks(32).normalize("NFC"));
    const start = process.cpuUsage();
    for (const text of [marks(33), marks(1_000_000), "a\u{1d165}".padEnd(4000, "\u{1d165}")])
      await expect(table([head, `${text},L,0.5,0`])).rejects.toMatchObject({ code: "table", message: expect.stringContaining("64 combining marks") });
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1e6).toBeLessThan(2);
  });
});

describe("keys", () => {
  it.each([
    ["missing", [head, ...rows, ",L,0.5,0"], /Expected a subjectId in row 6 of t\d+\.csv, got ""/],
    ["missing, as R writes it", [head, ...rows, "NA,L,0.5,0"], /Expected a subjectId in row 6/],
    ["missing, as pandas writes it", [head, ...rows, "r,nan,0.5,0"], /Expected a laterality in row 6/],
    ["letters lost before", [head, ...rows, "M\uFFFDller,L,0.5,0"], /Expected subjectId in row 6 .* to have all its letters/],
    ["twice", [head, ...rows, "p,L,0.4,1"], /Expected each subjectId \+ laterality once in t\d+\.csv, got row 6 like row 2; --repeated/],
    ["twice, the side spelled in two ways", [head, ...rows, "p,left,0.4,1"], /once in .* row 6 like row 2/],
    ["twice, an accent written in two ways", [head, ...rows, "Mu\u0308ller,L,0.4,1", "M\u00fcller,L,0.4,1"], /once in .* row 7 like row 6/],
    ["sides of nobody", ["laterality,confidence,cancer", "L,0.9,1", "R,0.1,0", "L,0.3,0"], /Expected each laterality once .* --rename/],
    [
      "an exam that is no number",
      ["subjectId,examIndex,confidence,cancer", "p,2020-01-05,0.9,1", "q,1,0.1,0"],
      /Expected a number as examIndex in row 2 .*10 char/,
    ],
    [
      "an exam in hexadecimal",
      ["subjectId,examIndex,confidence,cancer", "p,0x2,0.9,1", "q,1,0.1,0"],
      /Expected a number as examIndex in row 2 .*"0x2"/,
    ],
  ])("%s: refused by row", async (_, lines, message) => {
    await expect(joinTables(lines)).rejects.toThrow(message);
  });

  it("rows that come twice count as cases of their own where that is said", async () => {
    const cases = await joinTables([head, ...rows, "p,L,0.4,1"], undefined, { repeated: true });
    expect([cases.labels.length, cases.notes]).toEqual([5, ["1 rows name a case that an earlier row names: they count as cases of their own"]]);
  });

  it("rows without a key are told where they repeat one cell for cell, and that they are taken as independent", async () => {
    const { notes, clusterName } = await joinTables(["confidence,cancer", "0.9,1", "0.1,0", "0.9,1"]);
    expect([clusterName, notes.length]).toEqual(["row", 2]);
    expect(notes[0]).toContain("1 rows name a case that an earlier row names, cell for cell");
    expect(notes[1]).toContain("two breasts of a woman too");
  });

  it("other words for them are known and told, or given", async () => {
    const other = (names: string) => [`${names},confidence,cancer`, ...rows];
    const cases = await joinTables(other("Patient ID,Side"));
    expect(cases.clusters).toEqual(["p", "p", "q", "q"]);
    expect(cases.notes).toEqual([
      expect.stringMatching(/^column 1 of t\d+\.csv is taken as subjectId$/),
      expect.stringMatching(/^column 2 .* laterality$/),
    ]);
    expect((await joinTables(other("woman,breast"), undefined, { rename: "woman=subjectId,breast=laterality" })).clusters).toEqual([
      "p",
      "p",
      "q",
      "q",
    ]);
    // A column that is asked for by its own name keeps it.
    expect(await joinTables(other("patient_id,side"), undefined, { cluster: "patient_id" })).toMatchObject({
      clusterName: "patient_id",
      clusters: ["p", "p", "q", "q"],
    });
    await expect(joinTables(other("patient_id,PatientID"))).rejects.toThrow("choose it by --rename COLUMN=subjectId");
    await expect(joinTables(other("woman,breast"), undefined, { rename: "women=subjectId" })).rejects.toThrow("Expected a column women (--rename)");
    await expect(joinTables(other("woman,breast"), undefined, { rename: "woman" })).rejects.toThrow("Expected --rename as OLD=NEW");
  });

  it("women are drawn whole where only the labels name them; where they are not, that is told", async () => {
    const byImage = ["imageIndex,confidence", "1,0.9", "2,0.1", "3,0.3", "4,0.2"];
    const truth = ["imageIndex,subjectId,cancer", "1,p,1", "2,p,0", "3,q,0", "4,q,0"];
    expect(await joinTables(byImage, truth)).toMatchObject({ clusterName: "subjectId", clusters: ["p", "p", "q", "q"] });
    const { notes } = await joinTables([`${head},exam`, ...rows.map((row, k) => `${row},e${k}`)], undefined, { cluster: "exam" });
    expect(notes).toEqual(["2 subjectId have rows in more than one exam: these are taken as independent"]);
    await expect(joinTables([`${head},exam`, ...rows.map((row) => `${row},`)], undefined, { cluster: "exam" })).rejects.toThrow(
      "Expected a exam for row 2",
    );
  });
});

describe("labels", () => {
  const predictions = ["subjectId,laterality,confidence", "p,L,0.9", "p,R,0.1", "q,L,0.3", "q,R,0.2"];
  const labels = ["subjectId,laterality,cancer", "p,L,1", "p,R,0", "q,L,0", "q,R,1"];

  it("that repeat count once and are told; that contradict are refused", async () => {
    const cases = await joinTables(predictions, [...labels, "p,L,1"]);
    expect([cases.labels, cases.notes]).toEqual([[1, 0, 0, 1], [expect.stringMatching(/^1 labels of t\d+\.csv repeat one before them/)]]);
    await expect(joinTables(predictions, [...labels, "q,L,1"])).rejects.toThrow(
      /Expected one label for each subjectId \+ laterality .* row 6 unlike row 4/,
    );
    // A masked one beside a known one is no agreement either.
    await expect(joinTables(predictions, [...labels, "q,left,*"])).rejects.toThrow(/row 6 unlike row 4/);
    await expect(joinTables(predictions, ["subjectId,examIndex,cancerL,cancerR", "p,1,1,0", "q,1,0,1", "q,1,0,0"])).rejects.toThrow(
      "Expected one label for each subjectId + examIndex + laterality",
    );
  });

  it("of both breasts beside one score a row are one level, in whatever form", async () => {
    const woman = ["subjectId,cancerL,cancerR,confidence", "p,1,0,0.9", "q,0,0,0.3", "r,.,0,0.2", "s,.,.,0.1"];
    const cases = await joinTables(woman);
    expect([cases.labels, cases.models[0]!.values]).toEqual([
      [1, 0, 0],
      [0.9, 0.3, 0.2],
    ]);
    expect(cases.notes).toEqual([
      "one score a row: a row has cancer when cancerL or cancerR has",
      "1 cases not imaged (.) or masked (*) are left out",
    ]);
    const breast = ["subjectId,laterality,cancerL,cancerR,confidence", "p,L,1,0,0.9", "p,R,1,0,0.1", "q,L,0,0,0.3", "q,right,0,0,0.2"];
    expect(await joinTables(breast)).toMatchObject({ labels: [1, 0, 0, 0], clusters: ["p", "p", "q", "q"], notes: [] });
    expect(await joinTables(predictions, ["subjectId,laterality,cancerL,cancerR", "p,L,1,0", "p,R,1,0", "q,L,0,1", "q,R,0,1"])).toMatchObject({
      labels: [1, 0, 0, 1],
    });
    await expect(joinTables([...breast, "r,both,0,0,0.2"])).rejects.toThrow("Expected L or R as laterality in row 6");
  });

  it("may be other texts", async () => {
    const lines = (one: string, zero: string) => [head, `p,L,0.9,${one}`, `p,R,0.1,${zero}`, `q,L,0.3,${zero}`];
    expect((await joinTables(lines("TRUE", "False"))).labels).toEqual([1, 0, 0]);
    const cases = await joinTables(lines("malignant", "benign"), undefined, { positive: "malignant" });
    expect([cases.labels, cases.notes]).toEqual([[1, 0, 0], ["the label given by --positive counts as 1, all others as 0"]]);
    expect((await joinTables(lines("2.0", "1"), undefined, { positive: "2" })).labels).toEqual([1, 0, 0]);
    await expect(joinTables(lines("malignant", "NA"), undefined, { positive: "malignant" })).rejects.toThrow("Expected a label in row 3 of");
    await expect(joinTables(lines("0x1", "0"))).rejects.toThrow(/Expected 0, 1, \. or \* as label in row 2 .*"0x1"; --positive/);
  });

  it.each(["0x1F", "1e999", "Infinity", "62 %", "0,62", "1_000", "0b1"])("a score of %s is no decimal number", async (score) => {
    await expect(joinTables(["subjectId;confidence;cancer", `p;${score};1`, "q;0.1;0"])).rejects.toThrow(
      `Expected a decimal number as confidence in row 2`,
    );
  });
});

describe("text", () => {
  const lines = [head, "M\u00fcller,L,0.9,1", "M\u00fcller,R,0.1,0", "M\u00f6ller,L,0.3,0", "M\u00f6ller,R,0.2,1"];
  const big = (text: string) => Buffer.from(text, "utf16le").swap16();
  it.each([
    ["UTF-16, little end first, without a mark", (text: string) => Buffer.from(text, "utf16le"), "UTF-16"],
    ["UTF-16, big end first", (text: string) => big(`\uFEFF${text}`), "UTF-16"],
    ["UTF-16, big end first, without a mark", big, "UTF-16"],
    ["Latin-1", (text: string) => Buffer.from(text, "latin1"), "Windows-1252"],
  ])("%s is read and told", async (_, encode, encoding) => {
    const { columns, rows, notes } = await table(lines, encode);
    expect([columns.join(), rows.map(({ cells }) => cells.join())]).toEqual([lines[0], lines.slice(1)]);
    expect(notes).toEqual([expect.stringMatching(new RegExp(`^t\\d+\\.csv is no UTF-8: read as ${encoding}$`))]);
  });

  it("cells between semicolons or tabs are read and told, quotes left aside", async () => {
    for (const [separator, name] of [
      [";", "semicolons"],
      ["\t", "tabs"],
    ] as const) {
      const { columns, notes } = await table([`subjectId${separator}"a,b"`, `p${separator}1`]);
      expect([columns, notes]).toEqual([["subjectId", "a,b"], [expect.stringMatching(new RegExp(`^t\\d+\\.csv has ${name} between its cells$`))]]);
    }
    expect((await table(["a\tb", "1\t2"], undefined, "tsv")).notes).toEqual([]);
  });

  it("what is no text is refused", async () => {
    await expect(table(["subjectId,x", "p,\0"])).rejects.toThrow(/Expected t\d+\.csv to be a text, got one with zeros in it/);
  });
});

describe("the report", () => {
  const women = (count: number, of: (w: number) => readonly [label: number, score: number]) => [
    "subjectId,confidence,cancer",
    ...Array.from({ length: count }, (_, w) => `s${w},${of(w)[1]},${of(w)[0]}`),
  ];
  const analyzed = async (lines: readonly string[], change: Partial<AnalysisOptions> = {}) => {
    const cases = await joinTables(lines);
    return { cases, analysis: analyze(cases, { ...options, ...change }) };
  };

  it.each([
    ["one negative", women(30, (w) => [Number(w > 0), (w * 7) % 30]), "1 negative case: intervals cannot show"],
    ["a few positives", women(30, (w) => [Number(w % 10 === 0), ((w * 7) % 30) / 30]), "3 positive cases: intervals cannot show"],
    ["always wrong", women(40, (w) => [w % 2, 1 - (w % 2)]), "AUROC of 0 or 1 (confidence): every resample gives the same"],
    ["logits", women(40, (w) => [w % 2, w % 7]), "not in [0, 1], so no probabilities: confidence"],
    ["two rows a woman", [head, ...rows], "several cases a subjectId: DeLong's intervals"],
  ])("%s: says so", async (_, lines, warning) => {
    const { analysis } = await analyzed(lines);
    expect(analysis.warnings).toContainEqual(expect.stringContaining(warning));
    expect(describeAnalysis(analysis)).toContainEqual(expect.stringContaining(`warning: ${warning}`));
  });

  it("says nothing of a good set, and no interval where there is none", async () => {
    const good = await analyzed(women(60, (w) => [w % 2, ((w * 7) % 30) / 30]));
    expect(good.analysis.warnings).toEqual([]);
    const wrong = await analyzed(women(40, (w) => [w % 2, 1 - (w % 2)]));
    expect(tablesOf(wrong.analysis)[0]!.rows[1]).toContain("0.000 [no interval]");
    const one = await analyzed(women(40, (w) => [Number(w === 0), 0.5]));
    expect(tablesOf(one.analysis)[1]!.rows[1]!.at(-1)).toBe("0.500 [no interval]");
  });

  it.each([1e-6, 0.25, 0.5, 0.999])("is drawn at prevalence %f and any sensitivity", async (prevalence) => {
    for (const lines of [[head, ...rows], women(40, (w) => [w % 2, 1 - (w % 2)]), women(40, (w) => [Number(w === 0), 0.5])])
      for (const minSensitivity of [0, 0.999]) {
        const { cases, analysis } = await analyzed(lines, { prevalence, minSensitivity });
        const html = htmlReport({ title: "t", about: describeAnalysis(analysis), tables: tablesOf(analysis), figures: figuresOf(cases, analysis) });
        expect(html).not.toMatch(/NaN[ ,"]|Infinity"/);
      }
  });

  it("holds names of columns and groups as text wherever they stand", async () => {
    const evil = "<img src=x onerror=alert(1)>";
    const lines = [
      `subjectId,${evil},R1${evil},R2${evil},g${evil},cancer`,
      ...Array.from({ length: 30 }, (_, w) => `s${w},${w / 30},${w % 7},${w % 5},${evil}${w % 3},${w % 2}`),
    ];
    const cases = joinCases(await table(lines), undefined, { ...columns, scores: evil, readers: "R*", groups: `g${evil}` });
    const analysis = analyze(cases, options);
    const content = { title: evil, about: [evil, ...describeAnalysis(analysis)], tables: tablesOf(analysis), figures: figuresOf(cases, analysis) };
    expect(htmlReport(content)).not.toMatch(/<img|<g<|onerror=alert\(1\)>/);
    const { text, files } = markdownReport({ ...content, path: join(folder, "page.md"), inputs: [], command: `npm run evaluate -- "${evil}"` });
    expect(text.replace(/```[^`]*```/g, "")).not.toMatch(/(?<!\\)<img/);
    for (const { content } of files) expect(content).not.toMatch(/<img/);
  });

  it("takes a hundred and fifty thousand subgroups", { timeout: 60_000 }, async () => {
    const count = 150_000;
    const texts = Array.from({ length: count }, (_, i) => `g${i}`);
    const labels = texts.map((_, i) => i % 2);
    const cases = {
      labels,
      clusters: texts,
      clusterName: "subjectId",
      models: [{ name: "m", values: labels.map((label, i) => label + (i % 7)) }],
      readers: [],
      groups: [{ name: "g", values: texts }],
      notes: [],
    };
    const analysis = analyze(cases, { ...options, resamples: 10 });
    expect(tablesOf(analysis).find(({ title }) => title.startsWith("Subgroups"))!.rows).toHaveLength(count + 1);
  });
});
